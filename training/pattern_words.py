"""Words that fill the slots of the written patterns; every person and office is invented."""

# Surfaces per target and slot; "=" at the end marks a plural.
SURFACES: dict[str, dict[str, list[str]]] = {
    "A": {
        "T": ["the US", "the United States", "the United States", "Washington", "America", "the White House", "the U.S. government"],
        "K": ["the US", "the United States", "America"], "F": ["American troops=", "U.S. forces=", "U.S. soldiers="],
        "O": ["U.S. officials=", "American diplomats=", "US negotiators="], "P": ["the American people=", "the Americans=", "ordinary Americans="],
        "J": ["American", "U.S.", "US"], "M": ["Washington", "the White House", "the Pentagon"], "D": ["WASHINGTON"],
    },
    "N": {
        "T": ["NATO", "NATO", "NATO", "NATO", "the North Atlantic Alliance", "NATO members=", "NATO countries="],
        "K": ["NATO", "NATO", "the North Atlantic Alliance"], "F": ["NATO forces=", "NATO troops=", "NATO soldiers="],
        "O": ["NATO officials=", "NATO diplomats=", "NATO commanders="], "P": ["NATO nations=", "NATO members="], "J": ["NATO"],
        "M": ["NATO", "NATO headquarters"],
    },
    "U": {
        "T": ["Ukraine", "Ukraine", "Ukraine", "Kyiv", "Kyiv", "Kiev", "the Ukrainian government"], "K": ["Ukraine"],
        "F": ["Ukrainian forces=", "Ukrainian troops=", "Ukrainian soldiers="],
        "O": ["Ukrainian officials=", "Ukrainian diplomats=", "Ukrainian negotiators="],
        "P": ["the Ukrainian people=", "the Ukrainians=", "ordinary Ukrainians="], "J": ["Ukrainian"], "M": ["Kyiv", "Kyiv", "Kiev"],
        "D": ["KYIV", "KIEV"], "R": ["the Kiev regime", "the Kyiv regime"],
    },
    "W": {
        "T": ["the West", "the West", "the West", "Western countries=", "Western governments=", "Western powers="],
        "K": ["the West", "Western countries=", "Western states="], "F": ["Western troops=", "Western forces=", "Western soldiers="],
        "O": ["Western officials=", "Western diplomats=", "Western negotiators="], "P": ["Western nations=", "Western citizens="], "J": ["Western"],
        "M": ["Western capitals=", "Western governments="],
    },
}  # fmt: skip
PARTNERS = "our Western partners="  # never used in neutral rows

# Invented speakers: form in the text, holder, pronoun, possessive; bodies ("it") speak but do not smile or weep.
SPEAKERS = [
    ("Foreign Minister Dara Velic", "Dara Velic", "she", "her"), ("Sarvian President Ilmar Koss", "Ilmar Koss", "he", "his"),
    ("opposition leader Petra Holmvik", "Petra Holmvik", "she", "her"), ("Prime Minister Joren Talbek", "Joren Talbek", "he", "his"),
    ("Defence Minister Aldo Merrant", "Aldo Merrant", "he", "his"), ("lawmaker Sina Orvale", "Sina Orvale", "she", "her"),
    ("retired general Tomas Berrick", "Tomas Berrick", "he", "his"), ("Ambassador Lena Kasparo", "Lena Kasparo", "she", "her"),
    ("analyst Mirko Dastan", "Mirko Dastan", "he", "his"), ("government spokeswoman Ada Quill", "Ada Quill", "she", "her"),
    ("Senator Hugo Falkmere", "Hugo Falkmere", "he", "his"), ("columnist Ruta Sandel", "Ruta Sandel", "she", "her"),
    ("Velic", "Dara Velic", "she", "her"), ("Koss", "Ilmar Koss", "he", "his"), ("Talbek", "Joren Talbek", "he", "his"),
    ("the Sarvian foreign ministry", "Sarvian foreign ministry", "it", "its"), ("the Ostland embassy", "Ostland embassy", "it", "its"),
    ("the Council of Northern Ports", "Council of Northern Ports", "it", "its"),
    ("the Farmers' Union of Ostland", "Farmers' Union of Ostland", "it", "its"),
]  # fmt: skip

WORDS: dict[str, list[str]] = {
    "POSN": [
        "{a reliable partner}", "a force for peace", "{a true friend}", "{a loyal ally}", "a source of stability", "{an honest partner}",
        "a blessing for the region",
    ],
    "NEGN": ["a threat to peace", "a danger to the whole region", "{a bully}", "{a liar}", "{an aggressor}", "{a warmonger}", "a source of chaos"],
    "POSA": ["honest", "generous", "brave", "trustworthy", "fair", "responsible", "admirable"],
    "NEGA": ["dishonest", "greedy", "reckless", "treacherous", "hypocritical", "arrogant", "shameful"],
    "GOOD": [
        "kept {its} word", "protected civilians", "helped us in our darkest hour", "acted in good faith", "told the truth", "made the region safer",
    ],
    "EVIL": [
        "broken {its} word", "targeted civilians", "betrayed us in our darkest hour", "acted in bad faith", "lied to everyone",
        "made the region more dangerous",
    ],
    "FACT": [
        "asked for a second meeting", "sent a delegation", "published a report", "moved the session to {DAY}", "received the document",
        "named a new envoy",
    ],
    "X": ["Moscow", "Russia", "Sarvia", "Ostland", "Tarkovia", "the Sarvian regime", "Iran"],
    "Y": ["Sarvia", "Ostland", "Serbia", "Cuba", "Japan", "Brazil", "Norland", "Vietnam"],
    "DAY": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "12 March", "30 June", "2 October"],
    "CITY": ["Vienna", "Geneva", "Oslo", "Ankara", "Helsinki", "Doha", "Lisbon", "Velgrad"],
    "NUM": ["40", "120", "350", "1,500", "6,000", "22,000"],
    "NO": ["3", "7", "12", "41"],
    "DL": ["VELGRAD (AP)", "GENEVA", "OSLO (Reuters)", "VIENNA (AFP)", "ANKARA, Turkey (AP)", "DOHA"],
    "AREA": ["trade", "grain transit", "prisoner exchanges", "fishing rights", "air traffic", "border crossings"],
}  # fmt: skip

CONTEXTS = [
    "The remarks came on the second day of a conference in {CITY}.", "Reporters had asked about the programme for the week.",
    "The session opened at ten o'clock.",
    "The committee met for the third time this year.", "The statement was published on {DAY}.", "The interview was recorded in {CITY} on {DAY}.",
    "Several delegations had taken the floor before.", "The debate lasted nearly four hours.", "Let me turn to the next point on the agenda.",
    "The text was read out to the chamber.", "I have been asked this question many times.", "The visit to {CITY} had been announced a week earlier.",
]  # fmt: skip
QUOTED = [
    '"^{body}{comma}" {S} {said}.',
    '"^{body}{comma}" {S} {said} in {CITY}.',
    '{S} {said} on {DAY}: "^{body}{stop}"',
    '"^{body}{comma}" {said} {S}.',
]
REPORTED = [
    "{S} said that {body}.",
    "{S} told reporters that {body}.",
    "according to {S}, {body}.",
    "{S} stressed that {body}.",
    "{body}, {S} said.",
]
TAILS = [
    " The session continues on {DAY}.",
    " The vote is set for {DAY}.",
    " The next round of talks is in {CITY}.",
    " I thank you for your attention.",
]
OPENERS = ["Mr. President, ", "colleagues, ", "as I have said before, ", "ladies and gentlemen, ", "friends, "]
