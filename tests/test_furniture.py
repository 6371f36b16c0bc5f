import pytest

from analysis.furniture import is_furniture


@pytest.mark.parametrize(
    "line",
    ["This website uses cookies to improve your experience. We'll assume you're ok with this, but you can opt-out if you wish. Accept",
     "We use cookies to personalise content and ads. By clicking Accept you agree to our policy.", "Read more", "READ MORE: Minister resigns",
     "Read also: Talks to begin", "Related: Ministers ‘did not know’, says clerk", "Share this article", "Share on Facebook", "Facebook Twitter WhatsApp",
     "Follow us on Telegram", "Subscribe", "Sign up to our daily newsletter", "Subscribe to our channel to get email alerts.", "Advertisement",
     "Story continues below advertisement", "Click here to read the full interview", "Photo: Zoran Example/Reuters", "(Photo by Zoran Example)",
     "© 2021 Example News. All rights reserved.", "Copyright 2021 Example Press. All rights reserved.", "Home | World | Europe", "Home > News > World",
     "Skip to main content", "3 comments", "5 min read", "Privacy Policy | Terms of Use", "Reporting by Ana Sample; Editing by Bo Sample"],
)  # fmt: skip
def test_furniture(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    ["This website uses cookies without consent and ignores every policy, the regulator ruled.", "“We use cookies to improve the experience,” Ana Sample said.",
     "The company uses cookies.", "Sign up for the army, the minister told young men on Monday.", "Read more books, the teacher advised.",
     "Share prices fell on Monday.", "Subscribe to the view that talks will fail, or do not.", "Advertisement spending fell.", "Photographs show damage.",
     "Copyright law was changed in 1998.", "Home is where the heart is.", "More than 100 people came.", "Related talks continue in Geneva.",
     "Reporting by the channel suggests that talks failed.", "Watch what they do, not what they say.", "Join the alliance, he urged.",
     "MS. SAMPLE: Good afternoon.", "Ukraine", "NATO", "Closed talks followed.", "Email traffic rose."],
)  # fmt: skip
def test_sentences_stay(line: str) -> None:
    assert not is_furniture(line)
