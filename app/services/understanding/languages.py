"""Languages in a request, from a nationality or a language: "French comedy", "in Japanese"."""

from app.services.understanding.film_nouns import FILM_NOUNS
from app.services.understanding.genre_words import GENRE_WORDS
from app.services.understanding.genres import describes_film, is_in_theme
from app.services.understanding.words import Found, Phrases, Text, phrase_set, without_repeats, word_set

_SCANDINAVIAN = ("sv", "da", "no", "nb", "is", "fi")
_CHINESE = ("zh", "cn")
_ASIAN = ("ja", "ko", "zh", "cn", "th", "vi", "id", "tl")
_INDIAN = ("hi", "ta", "te", "bn", "ml", "kn", "mr", "pa")

_ADJECTIVES: dict[str, tuple[str, ...]] = {
    **{"french": ("fr",), "parisian": ("fr",), "italian": ("it",), "japanese": ("ja",), "spanish": ("es",)},
    **{"german": ("de",), "austrian": ("de",), "korean": ("ko",), "south korean": ("ko",)},
    **{"chinese": _CHINESE, "mandarin": _CHINESE},
    **{"cantonese": ("cn", "zh"), "taiwanese": _CHINESE, "hong kong": ("cn", "zh"), "hongkong": ("cn", "zh")},
    **{"hindi": ("hi",), "indian": _INDIAN, "bengali": ("bn",), "tamil": ("ta",), "telugu": ("te",)},
    **{"malayalam": ("ml",), "marathi": ("mr",), "russian": ("ru",), "soviet": ("ru",), "ukrainian": ("uk",)},
    **{"portuguese": ("pt",), "brazilian": ("pt",), "mexican": ("es",), "argentinian": ("es",)},
    **{"argentine": ("es",), "chilean": ("es",), "colombian": ("es",), "peruvian": ("es",), "cuban": ("es",)},
    **{"latin american": ("es", "pt"), "catalan": ("ca", "es"), "basque": ("eu",), "swedish": ("sv",)},
    **{"danish": ("da",), "norwegian": ("no", "nb"), "finnish": ("fi",), "icelandic": ("is",), "dutch": ("nl",)},
    **{"flemish": ("nl",), "belgian": ("fr", "nl"), "polish": ("pl",), "czech": ("cs",), "slovak": ("sk",)},
    **{"hungarian": ("hu",), "romanian": ("ro",), "bulgarian": ("bg",), "greek": ("el",), "turkish": ("tr",)},
    **{"serbian": ("sr", "sh"), "croatian": ("hr", "sh"), "bosnian": ("bs", "sh"), "slovenian": ("sl",)},
    **{"yugoslav": ("sh", "sr", "hr", "bs", "sl", "mk"), "macedonian": ("mk",), "albanian": ("sq",)},
    **{"iranian": ("fa",), "persian": ("fa",), "arabic": ("ar",), "arab": ("ar",), "egyptian": ("ar",)},
    **{"lebanese": ("ar",), "hebrew": ("he",), "israeli": ("he",), "yiddish": ("yi",), "thai": ("th",)},
    **{"vietnamese": ("vi",), "indonesian": ("id",), "filipino": ("tl",), "tagalog": ("tl",), "malay": ("ms",)},
    **{"estonian": ("et",), "latvian": ("lv",), "lithuanian": ("lt",), "georgian": ("ka",), "armenian": ("hy",)},
    **{"irish language": ("ga",), "gaelic": ("ga",), "welsh language": ("cy",), "afrikaans": ("af",)},
    **{"kurdish": ("ku",), "mongolian": ("mn",), "kazakh": ("kk",), "wolof": ("wo",), "zulu": ("zu",)},
    **{"inuktitut": ("iu",), "urdu": ("ur",), "pashto": ("ps",), "punjabi": ("pa",), "quebecois": ("fr",)},
    **{"scandinavian": _SCANDINAVIAN, "nordic": _SCANDINAVIAN, "english": ("en",), "english language": ("en",)},
    **{"american": ("en",), "hollywood": ("en",), "british": ("en",), "australian": ("en",), "irish": ("en", "ga")},
    **{"scottish": ("en",), "canadian": ("en", "fr"), "swiss": ("de", "fr", "it"), "asian": _ASIAN},
    **{"uk": ("en",), "brit": ("en",), "aussie": ("en",), "kiwi": ("en",), "new zealand": ("en",)},
    **{"quebec": ("fr",), "nollywood": ("en",), "nigerian": ("en",), "maltese": ("mt",)},
    **{"african american": ("en",), "native american": ("en",), "south african": ("en", "af", "zu")},
}
_MORE_THAN_LANGUAGES = phrase_set(
    "british, australian, irish, scottish, canadian, swiss, south african, african american, native american",
    "uk, brit, aussie, kiwi, new zealand, quebec, nollywood, nigerian, britain, great britain, united kingdom",
    "england, scotland, ireland, australia, canada, nigeria, south africa, switzerland",
)
"""These say more than the language, so that they are also compared with the films."""

_COUNTRIES: dict[str, tuple[str, ...]] = {
    **{"france": ("fr",), "italy": ("it",), "japan": ("ja",), "spain": ("es",), "germany": ("de",)},
    **{"korea": ("ko",), "south korea": ("ko",), "china": _CHINESE, "hong kong": ("cn", "zh"), "taiwan": _CHINESE},
    **{"india": _INDIAN, "russia": ("ru",), "the soviet union": ("ru",), "portugal": ("pt",), "brazil": ("pt",)},
    **{"mexico": ("es",), "argentina": ("es",), "sweden": ("sv",), "denmark": ("da",), "norway": ("no", "nb")},
    **{"finland": ("fi",), "iceland": ("is",), "holland": ("nl",), "the netherlands": ("nl",), "poland": ("pl",)},
    **{"hungary": ("hu",), "romania": ("ro",), "greece": ("el",), "turkey": ("tr",), "iran": ("fa",)},
    **{"thailand": ("th",), "israel": ("he",), "egypt": ("ar",), "scandinavia": _SCANDINAVIAN, "chile": ("es",)},
    **{"vietnam": ("vi",), "indonesia": ("id",), "the philippines": ("tl",), "senegal": ("wo", "fr")},
    **{"belgium": ("fr", "nl"), "austria": ("de",), "switzerland": ("de", "fr", "it"), "colombia": ("es",)},
    **{"peru": ("es",), "cuba": ("es",), "uruguay": ("es",), "venezuela": ("es",), "latin america": ("es", "pt")},
    **{"bulgaria": ("bg",), "croatia": ("hr", "sh"), "bosnia": ("bs", "sh"), "slovenia": ("sl",), "slovakia": ("sk",)},
    **{"estonia": ("et",), "latvia": ("lv",), "lithuania": ("lt",), "lebanon": ("ar",), "yugoslavia": ("sh", "sr")},
    **{"morocco": ("ar", "fr"), "algeria": ("ar", "fr"), "tunisia": ("ar", "fr"), "pakistan": ("ur",)},
    **{"quebec": ("fr",), "the uk": ("en",), "uk": ("en",), "britain": ("en",), "great britain": ("en",)},
    **{"the united kingdom": ("en",), "england": ("en",), "scotland": ("en",), "ireland": ("en", "ga")},
    **{"the us": ("en",), "the usa": ("en",), "usa": ("en",), "america": ("en",), "the united states": ("en",)},
    **{"australia": ("en",), "new zealand": ("en",), "canada": ("en", "fr"), "nigeria": ("en",)},
    **{"south africa": ("en", "af", "zu"), "hollywood": ("en",)},
    **{"czechoslovakia": ("cs", "sk"), "the czech republic": ("cs",), "serbia": ("sr",), "ukraine": ("uk",)},
}
_KINDS: dict[str, tuple[str, ...]] = {
    **{"bollywood": ("hi",), "tollywood": ("te",), "kollywood": ("ta",), "anime": ("ja",), "animes": ("ja",)},
    **{"j horror": ("ja",), "k horror": ("ko",), "giallo": ("it",), "gialli": ("it",), "wuxia": _CHINESE},
    **{"nouvelle vague": ("fr",), "french new wave": ("fr",), "kaiju": ("ja",), "jidaigeki": ("ja",)},
    **{"spaghetti western": ("it",), "spaghetti westerns": ("it",), "italian neorealism": ("it",)},
    **{"nordic noir": _SCANDINAVIAN, "scandi noir": _SCANDINAVIAN, "german expressionism": ("de",)},
    **{"k drama": ("ko",), "k dramas": ("ko",)},
}
NATIONALITIES = Phrases(_ADJECTIVES)
COUNTRIES = Phrases(_COUNTRIES)
_KIND_PHRASES = Phrases(_KINDS)
_IN = phrase_set("in, spoken in, made in, filmed in, shot in, are in, is in, in the original, dubbed in")
_FROM = phrase_set("from, made in, produced in, out of, coming from, of")
_GENRE_IN_KIND = word_set("western westerns noir anime animes horror giallo gialli drama wuxia kaiju jidaigeki")
_NEGATORS = phrase_set(
    "not, no, non, nothing, except, without, anything but, other than, isn't, isnt, aren't, not a, not an, isn't a",
    "not in, isn't in, nothing in, no more, excluding, anything except, apart from, rather than, instead of, avoid",
)
_FOREIGN = phrase_set(
    "foreign, foreign language, subtitled, with subtitles, not in english, non english, non english language"
)
_ENGLISH_ONLY = phrase_set(
    "no subtitles, without subtitles, not subtitled, no subs, without subs, don't want subtitles, no reading subtitles",
    "nothing with subtitles, nothing subtitled, nothing with subs, avoid subtitles, hate subtitles, no foreign",
    "nothing foreign, not foreign",
)
_BEFORE_UNWANTED_SUBTITLES = word_set("nothing not no avoid hate without")
_BEFORE_NEGATORS = word_set("that which are is")
_AFTER_NATIONALITY = word_set("language speaking spoken subtitled made produced")


def read_excluded_languages(text: Text) -> tuple[str, ...]:
    """Return the codes of the languages that a request excludes, and mark the words for them as read."""
    codes: list[str] = []
    for index in range(len(text)):
        foreign = _FOREIGN.at(text, index) if text.at(index - 1) not in _BEFORE_UNWANTED_SUBTITLES else None
        is_asked = foreign is not None and (foreign.end > index + 1 or all(text.is_read[:index]))
        if foreign is not None and (describes_film(text, foreign.end) or (is_asked and text.ends_clause(foreign.end))):
            text.mark_read(index, foreign.end)
            codes.append("en")
            continue
        found = NATIONALITIES.at(text, index)
        negator = _NEGATORS.ending_at(text, index, longest=2) if found is not None else None
        if found is None or negator is None:
            continue
        if is_in_theme(text, negator.start) and text.at(negator.start - 1) not in _BEFORE_NEGATORS:
            continue
        end = found.end + (text.at(found.end) in _AFTER_NATIONALITY)
        if text.ends_clause(end) or describes_film(text, end) or _is_before_genre(text, end):
            text.mark_read(negator.start, end)
            codes += found.value
    return without_repeats(codes)


def read_languages(text: Text, *, is_bare: bool = False) -> tuple[str, ...]:
    """Return the codes of the languages that a request asks for, and mark the words for them as read.

    `is_bare` is whether the request is nothing but words for facts, so that nationalities are facts at any place.
    """
    codes: list[str] = []
    index = 0
    while index < len(text):
        found = _kind_at(text, index) or _adjective_at(text, index) or _country_at(text, index)
        if found is None and is_bare:
            found = NATIONALITIES.at(text, index) or COUNTRIES.at(text, index)
        if (unwanted := _ENGLISH_ONLY.ending_at(text, index + 1, longest=3)) is not None:
            text.mark_read(unwanted.start, unwanted.end)
            codes = codes or ["en"]
        if found is None:
            index += 1
            continue
        if text.at(found.start - 1) == "but":  # "a French thriller, but in Spanish"
            codes = []
        codes += found.value
        for place in range(found.start, _start_of_kept(text, found)):
            if text.plain[place] not in _GENRE_IN_KIND:  # these name a genre too
                text.mark_read(place, place + 1)
        index = found.end
    return without_repeats(codes)


def _start_of_kept(text: Text, found: Found[tuple[str, ...]]) -> int:
    """Return the index of the first word that is also compared with films, or the end of the words."""
    kind = GENRE_WORDS.at(text, found.start)
    if kind is not None and kind.end == found.end:
        return found.start
    for start in range(found.start, found.end):
        if (more := _MORE_THAN_LANGUAGES.at(text, start)) is not None and more.end <= found.end:
            return start
    return found.end


def _kind_at(text: Text, index: int) -> Found[tuple[str, ...]] | None:
    return _KIND_PHRASES.at(text, index)


def _adjective_at(text: Text, index: int) -> Found[tuple[str, ...]] | None:
    """Return a nationality or a language before a noun for films, or a language after "in"."""
    found = NATIONALITIES.at(text, index)
    if found is None:
        return None
    end = found.end
    if text.at(end) in _AFTER_NATIONALITY:
        end += 1
    is_last = text.ends_clause(end)
    cue = _IN.ending_at(text, index)
    following = _next_of_list(text, end, NATIONALITIES)
    if (
        cue is not None
        and text.at(index - 1) == "in"
        and text.at(index) != "hollywood"
        and (is_last or following or text.at(end) in ("with", "from", "about", "please", "for"))
    ):
        return Found(cue.start, following or end, found.value)
    if is_last and _continues_list(text, index):
        return Found(index, end, found.value)
    if is_in_theme(text, index):
        return None
    is_aside = text.words[index].begins_clause or text.at(index - 1) in ("preferably", "ideally", "maybe")
    is_place = COUNTRIES.at(text, index) is not None  # "a family in Auckland, New Zealand"
    if is_aside and not is_place and (is_last or following) and _names_kind(text, index):  # "new horror, French"
        return Found(index, following or end, found.value)
    if following is not None and _adjective_at(text, following) is not None:  # "Swedish or Danish crime"
        return Found(index, following, found.value)
    follows_film = index > 0 and (text.at(index - 1) in FILM_NOUNS) and is_last and text.at(index - 2) != "the"
    is_change = is_last and text.at(index - 1) in ("but", "only")
    if is_change or describes_film(text, end) or follows_film or _is_before_genre(text, end) or _is_alone(text, found):
        return Found(index, end, found.value)
    return None


def _next_of_list(text: Text, end: int, names: Phrases[tuple[str, ...]]) -> int | None:
    """Return the index of the next of several names joined by "and", "or", a comma or a slash; None if none follows."""
    if text.at(end) in ("and", "or"):
        end += 1
    elif end >= len(text) or text.words[end].gap.strip() not in (",", "/"):
        return None
    return end if names.at(text, end) is not None else None


def _names_kind(text: Text, end: int) -> bool:
    """Return whether a noun for films or a word for a genre precedes an index."""
    return any(text.plain[place] in FILM_NOUNS or GENRE_WORDS.at(text, place) for place in range(end))


def _continues_list(text: Text, index: int) -> bool:
    """Return whether a list of languages or countries was read up to this word: "in English or French"."""
    return text.at(index - 1) in ("and", "or") and text.is_read[index - 1]


def _is_before_genre(text: Text, index: int) -> bool:
    """Return whether a word for a genre comes next and ends the clause: "French crime from the 60s"."""
    genre = GENRE_WORDS.at(text, index)
    if genre is None or text.words[index].begins_clause:
        return False
    end = genre.end
    return text.ends_clause(end) or text.at(end) in ("from", "of")


def _is_alone(text: Text, found: Found[tuple[str, ...]]) -> bool:
    return all(text.is_read[index] or found.start <= index < found.end for index in range(len(text)))


def _country_at(text: Text, index: int) -> Found[tuple[str, ...]] | None:
    """Return a country after "films from" or "made in", or after another one."""
    listed = COUNTRIES.at(text, index)
    if listed is not None and _continues_list(text, index) and _ends_country(text, listed.end):
        return listed
    cue = _FROM.at(text, index)
    found = COUNTRIES.at(text, cue.end) if cue is not None else None
    if cue is None or found is None:
        return None
    following = _next_of_list(text, found.end, COUNTRIES)
    is_made_there = text.at(cue.start) in ("made", "produced")
    film_before = text.at(index - 1) in FILM_NOUNS or GENRE_WORDS.ending_at(text, index) is not None
    is_origin = film_before and text.at(cue.start) != "of" and (following is not None or _ends_country(text, found.end))
    if is_made_there or is_origin:
        return Found(index, following or found.end, found.value)
    return None


def _ends_country(text: Text, end: int) -> bool:
    return text.ends_clause(end) or text.at(end) in ("about", "with")
