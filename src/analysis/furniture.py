"""What a web page puts around an article: recognised by whole, short paragraphs, never inside a sentence."""

import re

# A paragraph with one of these reports something, even if it speaks of cookies or newsletters.
_REPORTS = re.compile(
    r"""["“”«»]|\b(?:said|says|told|tells|according to|wrote|found|reported|announced|warned|argued|asked|ruled|urged|added|claimed|accused|showed)\b""",
    re.IGNORECASE,
)
_PLATFORM = r"(?:facebook|twitter|x|whatsapp|telegram|linkedin|e-?mail|instagram|youtube|reddit|pinterest|messenger|flipboard|tiktok|social media|google news)"
_MENU = (
    r"(?:home|menu|search|close|back|top|back to top|skip to (?:main )?content|skip past newsletter promotion|after newsletter promotion|next|previous|"
    r"(?:next|previous) (?:article|story|post)|more|more (?:news|stories|from .{1,30})|load more|show more|view all|view comments|\d+ comments?|"
    r"comments?(?: \(\d+\))?|leave a (?:comment|reply)|\d+ min(?:ute)?s? read|\d+ shares?|share|tweet|pin it|print|save|copy link|link copied|"
    r"(?:sign|log) (?:in|up|out)|register|subscribe(?: now)?|login|newsletters?|contact(?: us)?|about(?: us)?|privacy(?: policy| notice)?|"
    rf"terms(?: of (?:use|service)| and conditions)?|cookie (?:policy|settings|preferences)|sitemap|{_PLATFORM})"
)
_SHORT = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_MENU}(?:\s*[|·•>»›/,]\s*{_MENU}|\s+{_MENU})*",
        r"home(?:\s*[|>»›/]\s*[^|>»›/.]{1,40}){1,6}",
        r"(?:[^>»›.]{1,30}\s*[>»›]\s*){2,6}[^>»›.]{1,80}",
        r"advertisements?|ad|advertising|sponsored(?: content| post)?|paid (?:post|content)|interactive|gallery|"
        r"(?:story|article) continues (?:below|after)(?: (?:this )?(?:ad|advert|advertisement))?|scroll (?:down )?to continue(?: reading)?|continue reading(?: (?:below|the main story))?",
        r"(?:read|see|watch) (?:more|also|next|the full (?:story|article))(?:\s*(?:[:»>|…–—-]|\.{3}).*|\s+(?:here|about|on|in our)\b[^.]*)?\.?|"
        r"(?:also read|see also|don[’']t miss|must read|watch live|watch|related|up next)\s*:.+|"
        r"related(?: (?:articles?|stories|topics?|coverage|content|news))?:?|more on this(?: story)?:?|you (?:may|might) also like:?|"
        r"recommended(?: (?:for you|reading|articles|stories))?:?|most (?:read|popular|viewed):?|trending(?: now)?:?|editor[’']s picks?:?|see also:?|also read:?",
        rf"share (?:this|it)?(?: ?(?:article|story|post|page))?(?: ?(?:(?:on|via|with|by)|,|and|or)? ?(?:{_PLATFORM}|friends))*[:.!]?",
        rf"(?:please )?(?:follow|like|join|find) (?:us|our [\w ]{{1,30}}|@?\w+(?: \w+){{0,2}}) (?:on|at) {_PLATFORM}(?:(?:,| and|, and|,? or) {_PLATFORM})*(?: @\w+)?[.!:]?",
        r"\(?(?:file )?(?:photo(?:graph)?s?|pictures?|images?|photo credit|image credit|image source|picture credit|credits?|caption|video)\s*:.+|[(\[](?:file )?(?:photo|image|picture)s? (?:by|from|credit).+",
        r"(?:reuters|ap photo|afp|getty images|epa|epa-efe|shutterstock|alamy)(?:/[\w .,'’-]+)*",
        r"(?:copyright\s*)?(?:©|\(c\)).+|copyright,? \d{4}.*|(?:[^.“”\"]{1,100}[.,]\s*)?all rights reserved\.?.{0,120}",
        r"\(?additional reporting by.+|\(?(?:reporting|writing|compiled) by.+\b(?:editing|writing|reporting) by.+|.{3,150} contributed to this (?:report|article|story)\.?",
        r"our standards: the thomson reuters trust principles\.?",
    )
)
_COOKIES = re.compile(
    r"(?:this (?:web)?site|our (?:web)?site|we|we and our (?:\d+ )?(?:partners|vendors)|by (?:continuing|clicking|using|browsing))\b.*\bcookies?\b.*"
    r"\b(?:experience|accept|ok with this|opt[ -]?out|polic(?:y|ies)|preferences|settings|consent|agree|analy[sz]e|traffic|personali[sz]e|functionality|ads)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_ASKS = re.compile(
    r"(?:please )?(?:sign up|subscribe|register|log in|sign in|join|get|receive|enter your|become|already|support|download|start your|to continue reading|to read the full)\b.*"
    r"\b(?:newsletters?|e-?mails?|inbox|alerts|subscription|subscribers?|notifications|our app|our journalism|account|free trial|our (?:telegram|youtube|whatsapp) channel)\b.*|"
    r"(?:please )?(?:click|tap) (?:here|on the link|the link|below)\b.*|(?:for|to) [^.]{1,80}, (?:please )?(?:click|tap) (?:here|the link)\b.*|"
    r"anadolu agency website contains only a portion of the news stories.*|this material may not be published, broadcast, rewritten.*",
    re.IGNORECASE | re.DOTALL,
)


def is_furniture(paragraph: str) -> bool:
    """Tell whether a whole paragraph is page furniture rather than a part of the article.

    Cookie notices, menus, sharing, subscription and advertising lines, "read more", picture credits, copyright lines. A long
    paragraph never is, nor is a sentence that reports on cookies or newsletters.
    """
    if len(paragraph) <= 200 and any(form.fullmatch(paragraph) for form in _SHORT):
        return True
    if len(paragraph) > 400 or _REPORTS.search(paragraph):
        return False
    return bool(_COOKIES.fullmatch(paragraph) or (len(paragraph) <= 300 and _ASKS.fullmatch(paragraph)))
