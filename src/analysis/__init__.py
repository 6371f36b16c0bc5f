"""Who says what about the US, NATO and Ukraine, and whether it is for, against or neutral."""
