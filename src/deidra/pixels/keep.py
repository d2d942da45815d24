"""Which text in pictures is harmless: a small grammar of what scanners write about the picture, not about the patient.

Laterality and orientation, scale, units and depth, gain, technique, counters of frames and images, labels of
measurements. A line is harmless when all of it is understood so, and nothing in it is known of the subject. Dates,
times of day, ages, long numbers and every word that is not listed are not understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable

# Patient orientation (PS3.3 C.7.6.1.1.1), sides and views as they are written beside pictures
_SIDES = (
    "r l a p h f s i rl lr ap pa la ra lp rp al ar pl pr hf fh si is rao lao rpo lpo lat lateral left right anterior"
    " posterior superior inferior head feet supine prone erect upright sitting portable axial ax sagittal sag coronal"
    " cor oblique obl cc mlo ml lm xccl xccm rcc lcc rmlo lmlo rml lml lx rx dx sx droite gauche rechts links izq der"
)
_UNITS = (
    "mm cm um µm mm2 cm2 mm² cm² ml cc l mm3 cm3 hz khz mhz db fps s ms sec min kv kvp ma mas ma/s mgy mgy*cm mgycm"
    " gy bq mbq mbq/ml kbq bq/ml g/ml hu px pixel % ° deg bpm cm/s m/s mm/s mmhg kpa in inch w/cm2 mw/cm2 t"
)
_KEYS = (
    "ww wl w l wc window level c zoom z mag mi ti tis tib tic gain gn dr pwr power frq freq frequency prf wf filter"
    " fr frame frames fps depth dep d dist distance length width area vol volume circ diam diameter perimeter ratio"
    " angle mean min max sd std avg median roi dev te tr ti fa tf et nex nsa fov thk thickness sp spacing slice slices"
    " slc loc location pos position kv kvp ma mas pitch rot tilt gantry ctdi ctdivol dlp im image img images ser se"
    " series acq recon kernel matrix sl tp phase delay comp compression force cf ei exi si dap persist per map"
    " smooth sri harmonics thi chi xbeam 2d 3d 4d bmode b-mode m-mode cf pw cw cfm pd tdi scale color doppler steer"
    " sv gate wall rate heart v1 v2 pg ps ed ri pi s/d edv psv ef lv rv ivs lvpw lvid la ao"
)
_WORDS = (
    "contrast pre post native venous arterial portal late early inspiration expiration t1 t2 pd flair dwi adc stir tse"
    " gre epi se fse mip minip mpr vrt vr 3d ssd lung bone soft tissue brain abdomen chest scout localizer topogram"
    " surview loop live freeze frozen res gen pen low medium high off on auto normal hd hdr uncompressed lossy lossless"
    " a b p of to and vs not for diagnostic use"
)
_COUNTERS = frozenset("im image img images fr frame frames se ser series slc slice slices sl acq tp phase".split())
_LISTED = frozenset(f"{_SIDES} {_UNITS} {_KEYS} {_WORDS}".split())
_VOUCH = frozenset(f"{_UNITS} {_KEYS}".split())
_NUMBER = re.compile(r"[+-]?\d{1,4}(?:[.,]\d{1,3})?")
_LONGEST = 60
_MOST_BARE_DIGITS = 3
# Numbers, words with their signs, and what stands between
_TOKENS = re.compile(r"[+-]?\d+(?:[.,]\d+)*|[^\W\d_][^\W_]*(?:[*/-][^\W_]+)*[²³]?|[%°²³]|[^\w\s]|_", re.UNICODE)
_BETWEEN = frozenset(":;=,.|()[]#*+-<>~&")


def harmless(text: str) -> bool:
    """Whether all of a line is about the picture. Nothing is assumed of what could not be read."""
    line = text.casefold().strip()
    if not line or len(line) > _LONGEST:
        return False
    tokens = [token for token in _TOKENS.findall(line) if token not in _BETWEEN]
    if "".join(_TOKENS.findall(line)) != re.sub(r"\s+", "", line) or not tokens:
        return False
    return all(_understood(tokens, index) for index in range(len(tokens)))


def _understood(tokens: list[str], index: int) -> bool:
    word = tokens[index]
    if word == "/":
        # Of all fractions only counters are told from dates: "Im 12/300"
        return bool({*tokens[:index]} & _COUNTERS) and tokens.count("/") == 1
    if word in _LISTED or word in "%°²³":
        return True
    if _NUMBER.fullmatch(word) is None:
        return False
    before = tokens[max(0, index - 2) : index]
    if {"/", "of"} & {*before}:
        return bool({*tokens[:index]} & _COUNTERS)
    # Only units and names of quantities vouch for numbers: "F 45" is a person
    if {*before, *tokens[index + 1 : index + 2]} & _VOUCH:
        return True
    return len(tokens) == 1 and len(re.sub(r"\D", "", word)) <= _MOST_BARE_DIGITS


def keeper(is_known: Callable[[str], bool], also: frozenset[str] = frozenset()) -> Callable[[str], bool]:
    """What `text_regions.examine` asks: harmless, or one of the lines in `also` (folded), and nothing known in it.

    `is_known(text)` says whether a text holds anything known of the subject.
    """

    def keep(text: str) -> bool:
        line = " ".join(text.casefold().split())
        return (line in also or harmless(text)) and not is_known(text)

    return keep
