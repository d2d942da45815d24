"""Words that no list holds as they are: other forms of a word of the same language, and compounds of medicine.

Lists cannot hold every case, number and person of a word, nor every word that medicine builds from its Greek and
Latin parts. A form counts where a long stem is shared with a word of a list, a compound where the rest is a term.
"""
# ruff: noqa: E501 - lists of words read better in long lines

from __future__ import annotations

from collections.abc import Callable, Container, Iterator

SHORTEST_STEM = 5  # letters

# Endings of nouns, adjectives and verbs, folded
ENDINGS: dict[str, tuple[str, ...]] = {
    language: tuple(sorted({"", *endings.split()}, key=len, reverse=True))
    for language, endings in {
        "en": "s es ed d ing ly al",
        "de": "e en er es em n s t st te ten ter tes tem end ende enden ender endes ung ungen lich liche lichen licher liches",
        "fr": "e s es ee ees er ant ante antes ants ent ement x al ale ales aux ique iques",
        "es": "o a os as e es ar er ir ado ada ados adas ido ida idos idas ando iendo an en aron ieron ion iones mente al ales ico ica icos icas",
        "pt": "o a os as e es ar er ir ado ada ados adas ido ida idos idas ando endo am em aram eram cao coes mente al ais ico ica icos icas",
        "it": "o a i e are ere ire ato ata ati ate ito ita iti ite uto uta uti ute ando endo ano ono zione zioni mente ale ali ico ica ici iche",
        "nl": "e en n s t d de den te ten end ende ing ingen",
        "sv": "a e en et er ar or arna erna orna na ne s t te ts des ad ade at ats as ande ens ets t iga ig igt",
        "da": "e en et er ene erne s t te de des et ede ende ens ets ig ige igt r ne",
        "no": "e en et a er ene s t te de des et ede ende ens ets ig ige igt r ne",
        "pl": "a y i e o u em ie ami ach ow om ego emu ym ych ymi iego iej imi ich ej owy owa owe owych owej any ana ane one ony ono no to nych nym nej na ny ne ni iu ia ow",
        "cs": "a e i y o u em ou ami ach um ech ich eho emu ym ych ymi ej ny na ne ni nych nym nou neho no ena eno eni an ana ano any at it",
        "fi": "n a t ssa sta lla lta lle ksi na en in ien iin an aan een ia ita issa ista illa ilta ille ina oiden ten den nen set sen sia sissa sti",
        "tr": "i u a e da de dan den ta te tan ten in un nin nun si su lar ler lari leri larin lerin larda lerde dir dur tir tur di du ti tu mis mus mistir maktadir mektedir li lu lik luk im imi nda nde ndan nden na ne ya ye",
    }.items()
}

# What medicine puts in front of its words
FRONTS = frozenset(
    "ab abdomino acro acromio adeno adipo aero ano angio anorecto ante antero anti aorto apico appendico arterio artro arthro articulo atlanto atrio auto axillo "
    "bi bili bilio bio brachio branchio broncho bronco bucco caeco calci calcio capsulo cardio carotido carpo cephalo cefalo cerebello cerebro cervico chole chol cholangio cholecysto chondro choro "
    "circum cisto clavi claviculo co coeco coelio colo colpo condylo contra contro corono coraco corneo cortico costo coxo cranio craneo cruro cruto cuneo cyto cysto cito dacryo de deca deltoideo dento dermato dermo "
    "dextro di dia disco disto dorso duodeno dys dis echo eco ecto ekto electro elektro emboli en endo entero epi epidermo equi ethmo eu ex extra exo facio femoro fetto fibro fibulo fil fluoro foramino fossa fronto gangli gastro "
    "genio genito gingivo gleno glosso gluco granulo gyn haemo haemato hemo hemato hemi hepato hetero hidro hilo histo homo humero hydro hyper hiper hypo hipo ideo ileo ilio immuno in infero infra inguino inter intra intero intro inner ischio iso isquio jejuno jugulo "
    "juxta kardio karpo keilo kerato kolo kontra kortiko kosto kranio labio lacrimo lacto lamino laparo laringo laryngo latero leio lepto leuco leuko limfo ligamento linguo lipo lith litho lobo lombo lumbo lympho lymfo macro makro magneto malar malleolo mammo "
    "mandibulo mano masto maxillo maxilo mediastino medio mega megalo meningo menisco mesenterico mesio meso meta metacarpo metatarso micro mikro mid mini mono morpho morfo multi muco musculo myelo mielo myo mio myxo naso nasso navicolo navi nefro nephro "
    "neo neuro nevro neuri non normo noso nucleo oblico occipito oculo odonto oesophago olecrano oligo omo onco onko oophoro ophthalmo opto orbito oro orto ortho osseo osteo oto ovario palato palmo pan pancreatico pankreato para parenchymo parieto patello pato patho pectoro pedi pelvi "
    "per peri pericardio peritoneo perivasculo peroneo petro phalango pharyngo phlebo phono photo phreno pielo pyelo pilo plagio plano plantar plasmo pleuro pleo pneumo poly poli popliteo porto post postero pre prae prevertebro primo pro procto prostato proto proximo pseudo "
    "psycho pteriogo pterygo pubo pulmo pulmono quadri radio radiculo radiolo re recto rekto reno retina retro rhino rino rhizo sacco sacro salpingo sapheno scapho scafo scapulo sclero semi septo sero sialo sigmoido sino skapulo sklero somato sono spermato spheno sfeno spino spleno spondylo spondilo sterno "
    "steno sternoclavi stereo styl stylo sub subtotal suboccipito sulco super supero supra sur sus sym syn synchro talo tarso temporo tempero tendino teno tenosyno thermo termo thoraco toraco trombo thrombo thyro tiro tireo tibio tomo tonsillo trans transito trapezio tracheo traqueo tri trocantero troco tropho turbo "
    "tubo tympano ulno ultra un under uni uretero urethro uro utero uvulo vagino vago valvo varico vaso veno ventro ventriculo vertebro vesico vidi vulvo xantho xero xipho zygomatico zigomato "
    "abdominell akut binnen boven buiten linker rechter rechts links ober unter ovre ober unter vorder hinter voor achter onder hoger halv half teil ganz mittel mellem mellan mid over under efter etter inom innen aussen yli ali keski ala esi mnoho nizko vysoko wielo nad pod przed srod okolo pri mezi beyond bei beider beid mehr viel drei zwei vier".split()
)
_LONGEST_FRONT = max(map(len, FRONTS))
_SHORTEST_REST = 4
_SHORT_FRONT, _REST_OF_SHORT = 3, 6  # a front of so few letters says little of the rest
# What medicine puts behind: endings that make a word of a combining form
_BACKS = (
    "algia", "algie", "algi", "blastom", "blastoma", "blastome", "blastomy", "carcinoma", "carcinom", "carcinome", "karzinom", "karcinom", "cele", "zele", "centese", "centesis", "clasia", "cyste", "cystis", "desis", "dese", "dynia", "ectasia", "ectasie",
    "ectasis", "ektasie", "ektasi", "ektazja", "ektazie", "ectomia", "ectomie", "ectomy", "ektomi", "ektomia", "ektomie", "emia", "aemia", "emie", "aemie", "gramm", "gramma", "gramme", "grafia", "grafi", "grafie", "graphie", "graphy", "grafisch", "graphisch", "graphique",
    "grafico", "grafica", "grafisk", "lithiasis", "lithiase", "litiasi", "litiasis", "litiase", "lysis", "lyse", "lisis", "logia", "logie", "logi", "malacia", "malazie", "megalia", "megalie", "megali", "megaly", "metria", "metrie", "metri", "oidal", "oide", "omatose", "omatosis", "opathie",
    "opathy", "opatia", "opati", "opatie", "oscopia", "oscopie", "oscopy", "oskopi", "oskopia", "oskopie", "osteomie", "ostomy", "ostomia", "ostomie", "ostomi", "otomia", "otomie", "otomy", "otomi", "penia", "penie", "pexie", "pexy", "pexia", "phagie", "fagia", "plasia", "plasie", "plasi", "plastie", "plastik",
    "plastia", "plasty", "plastika", "plegie", "plegia", "pnoe", "pnea", "ptose", "ptosis", "rhagie", "rragia", "rrhagia", "rraphie", "rafia", "rrhoe", "rrea", "sarkom", "sarcoma", "sarcome", "sclerosis", "sklerose", "sclerosi", "skleroza", "skleros", "scopic", "skopisch", "scopique", "scopico", "stase", "stasis", "stenose", "stenosis", "stenosi", "stenoza",
    "therapie", "therapy", "terapia", "terapi", "thorax", "torace", "tomie", "tripsie", "tripsy", "trophie", "trofia", "trofi", "uria", "urie", "uri",
)  # fmt: skip
_SHORTEST_MEDICAL = 8

# How towns and families are called in languages that compound: no compound of medicine ends so by itself
TOPONYMS = tuple(
    (
        "aar ach auer bach backa bakke bakken beck beek berg berga berge bergen bjerg blom bo borg born bosch brand "
        "brecht brock broek bruch bruck brucke brunn brun burg by cker daal dahl dal dalen dam dijk dorf dorp drecht "
        "eck feld felder feldt felt fjord ford fors furt furth gard garden gau gren hagen halde halden ham haus hausen "
        "hauser haven heim heimer hof hofen hofer hoff holm holt holz horn horst hoven huizen ingen inger kamp kammer "
        "kirch kirchen kulle laan lahti land lander laufen lind loh lund maa mair maki mark marsch meer meier meyer "
        "mond moos muhle muhlen munde mund naes nes niemi os penning quist qvist rade raat ried rode roda rud ruh saari "
        "schild schuh see sen sjo slett son spring stad stadt stal stall steg stein steiner sten strand straat strom "
        "stuhl sund tal thal torf torp trupp uit vaara vall veen veld vik vig vliet voort wald walde wangen weg weide "
        "weil weiler werth wick wies wiese wiler winkel wolde zell zee"
    ).split()
)


def other_forms(word: str, language: str) -> Iterator[str]:
    """The words of `language` that share a stem with `word` and differ in their ending."""
    for ending in ENDINGS[language]:
        if not word.endswith(ending):
            continue
        stem = word[: len(word) - len(ending)]
        if len(stem) >= SHORTEST_STEM:
            yield from (stem + other for other in ENDINGS[language] if other != ending)


def is_built_of_medicine(word: str, is_word: Callable[[str], bool]) -> bool:
    """Whether `word` is a front of medicine and a word that `is_word`, or fronts and a back."""
    for at in range(min(_LONGEST_FRONT, len(word) - _SHORTEST_REST), 1, -1):
        rest = word[at:]
        if word[:at] in FRONTS and (at > _SHORT_FRONT or len(rest) >= _REST_OF_SHORT):
            if is_word(rest) or (len(word) >= _SHORTEST_MEDICAL and rest in _BACK_SET):
                return True
            if len(rest) > _SHORTEST_REST and at > 2 and is_built_of_medicine(rest, is_word):
                return True
    return False


_BACK_SET: Container[str] = frozenset(_BACKS)
