"""Clean descriptors in fourteen languages, hand-written for the benchmark. Three sets: rules may be read against TUNE only."""
# ruff: noqa: E501 - a table reads better with a line for each entry

from __future__ import annotations

TUNE: dict[str, str] = {
    "en": """CT HEAD W/O CONTRAST|MRI Brain with and without contrast|Chest PA and Lateral|AX T1 SE POST GAD|SAG T2 FSE FS|t2_tse_tra_p2_320
t1_mprage_sag_iso_1.0|ep2d_diff_b0_b1000_ADC|DWI b1000 trace|CTA Abdomen Pelvis runoff|US Thyroid with Doppler|Abdomen 5.0 B31f
Lung 1.0 Br59d|Topogram 0.6 T20f|Cor MPR 3.0mm|LOCALIZER 3 PLANE|AAHead_Scout|MIP TOF circle of Willis|L Spine AP/LAT|Left knee arthrogram
Screening mammogram bilateral|R MLO tomosynthesis|Renal stone protocol low dose|PET/CT skull base to mid thigh|Cardiac cine short axis
Perfusion CBF CBV MTT|CT Chest Abdomen Pelvis portal venous|Dose Report|Patient Protocol|Key images|Contrast 80 ml at 3 ml/s|Wrist 3 views left
Liver triphasic arterial phase 35s|Shoulder right external rotation|Fetal MRI 32 weeks|3D T2 SPACE SAG FLAIR|SWI minIP 8mm|Follow up of lung nodule
No acute intracranial hemorrhage|Status post cholecystectomy|120 kV 200 mAs|TR 5000 TE 90 FA 150|Bone marrow edema of femoral head|Phase 30-40 %""",
    "de": """CT Schädel nativ|MRT Knie links ohne KM|Röntgen Thorax pa|Abdomen Sonographie|LWS seitlich|T2 TSE sagittal fettgesättigt|CT Thorax mit KM
Halsweichteile nach Kontrastmittel|Kniegelenk rechts in zwei Ebenen|Schilddrüse Szintigraphie|Becken Übersicht|Lungenfenster axial 5mm|Angiographie der Beine""",
    "fr": """Scanner thoracique sans injection|IRM cérébrale avec gadolinium|Échographie abdominale|Radiographie du genou gauche|Rachis lombaire face et profil
Temps portal abdomen|IRM du rachis cervical|Épaule droite|Coupes axiales fines|Fosse postérieure""",
    "es": """TC de tórax con contraste|RM de rodilla derecha|Ecografía abdominal|Columna lumbar AP y lateral|Cerebro sin contraste|Mamografía bilateral
Fase arterial hepática|RM de hombro izquierdo|Tórax portátil|Senos paranasales""",
    "pt": """TC de crânio sem contraste|RM do joelho direito|Ultrassonografia abdominal|Coluna lombar perfil|Tórax PA e perfil|Ressonância do encéfalo|Mama esquerda|Fase portal""",
    "it": """TC torace senza mezzo di contrasto|RM ginocchio sinistro|Ecografia addome superiore|Colonna lombare laterale|Encefalo con contrasto|Bacino in carico|Fase arteriosa fegato|Mano destra""",
    "nl": """CT schedel zonder contrast|MRI knie links|Echo bovenbuik|Thorax staand|Lumbale wervelkolom zijdelings|MRI hersenen met contrast|Bekken voorachterwaarts|Schouder rechts""",
    "pl": """TK głowy bez kontrastu|RM kolana lewego|USG jamy brzusznej|RTG klatki piersiowej|Kręgosłup lędźwiowy boczne|Miednica z kontrastem|Faza tętnicza wątroby|Mózg sekwencja dyfuzji""",
    "cs": """CT hrudníku s kontrastem|MR kolene vlevo|UZ břicha|RTG plic|Bederní páteř bočná|Mozek bez kontrastu|Pánev předozadní|Rameno vpravo""",
    "sv": """DT hjärna utan kontrast|MR knä vänster|Ultraljud buk|Lungröntgen|Ländrygg sida|Bäcken frontal|Lever artärfas|Axel höger""",
    "tr": """Toraks BT kontrastlı|Beyin MR kontrastsız|Diz MR sol|Batın ultrason|Lomber vertebra yan grafi|Karaciğer arteriyel faz|Sağ omuz|Pelvis ön arka""",
    "fi": """Pään TT ilman varjoainetta|Polven MRI vasen|Vatsan ultraääni|Thorax röntgen|Lannerangan sivukuva|Aivojen magneettikuvaus|Oikea olkapää|Maksa valtimovaihe""",
}  # fmt: skip

HELD_OUT: dict[str, str] = {
    "en": """CT C-SPINE W CONTRAST|MR Lumbar Spine W/WO|XR Ankle 3 View RT|Ax FLAIR Propeller|COR STIR LT HIP|pd_tse_fs_cor_384|mprage_p2_iso|ep2d_bold_moco
DTI 64 directions b=1000|CTPA PE protocol|US Carotid Duplex Bilateral|Thorax 1.5 I70f|Head 4.8 J40s|Scout 0.5mm|Sag MPR 2mm|3-Plane Loc SSFSE|Survey_SHC
TOF_3D_multi-slab|T Spine lateral|Right shoulder MR arthrogram|Diagnostic mammogram left|L CC spot magnification|CT Urogram delayed phase|NM bone scan whole body
Stress perfusion short axis|rCBV relative|CT Neck soft tissue|Exam summary|Screen Save|Presentation state|100 ml contrast at 2.5 ml/s|Hand 2 views right
Pancreas protocol pancreatic phase 45 s|Hip AP and frog leg lateral|Obstetric ultrasound second trimester|T2 SPC SAG dark fluid|Phase magnitude images 2 mm|Comparison with prior examination
Mild degenerative changes of the lumbar spine|Post operative changes|100 kVp 150 mA|TE 30 ms TR 2000 ms|Small joint effusion of the knee|Diastolic phase 75 %
Pulmonary embolism not seen|Bilateral pleural effusions|Ground glass opacity right upper lobe|Aortic aneurysm 4.5 cm|Enlarged mediastinal lymph nodes|Multiple sclerosis plaques periventricular""",
    "de": """MRT Schädel mit Kontrastmittel|CT Abdomen portalvenös|Röntgen Hand rechts|HWS in zwei Ebenen|Sprunggelenk links|Sonographie der Leber|T1 koronar nach Gadolinium|Lunge Hochauflösung
Mammographie beidseits|Wirbelsäule Ganzaufnahme|Nieren und Harnwege|Dünnschicht axial|Durchleuchtung Ösophagus|Knochenfenster 2 mm""",
    "fr": """IRM du genou droit|Scanner abdominal avec injection|Radiographie thoracique de face|Cheville gauche profil|Angioscanner aorte|Séquence de diffusion|Bassin de face|Mammographie bilatérale
Reconstruction coronale|Foie temps artériel|Examen sans contraste|Poumon droit""",
    "es": """TC de abdomen y pelvis|RM cerebral con contraste|Radiografía de mano izquierda|Tobillo derecho lateral|Angiografía de aorta|Secuencia de difusión|Pelvis AP|Ecografía renal
Reconstrucción coronal|Hígado fase portal|Pulmón derecho|Estudio sin contraste""",
    "pt": """TC de abdome total|RM da coluna cervical|Radiografia da mão esquerda|Tornozelo direito|Mamografia bilateral|Fígado fase arterial|Pulmão esquerdo|Sem contraste""",
    "it": """RM encefalo senza contrasto|TC addome completo|Radiografia della mano|Caviglia destra|Mammografia bilaterale|Fegato fase portale|Polmone sinistro|Rachide cervicale""",
    "nl": """MRI wervelkolom cervicaal|CT abdomen met contrast|Röntgenfoto hand|Enkel links|Mammografie beiderzijds|Lever arteriële fase|Long rechts|Echo nieren""",
    "pl": """RM kręgosłupa szyjnego|TK jamy brzusznej z kontrastem|RTG ręki|Staw skokowy lewy|Mammografia obustronna|Wątroba faza żylna|Płuco prawe|USG nerek""",
    "cs": """MR krční páteře|CT břicha s kontrastem|RTG ruky|Kotník vlevo|Mamografie oboustranná|Játra arteriální fáze|Plíce vpravo|UZ ledvin""",
    "sv": """MR halsrygg|DT buk med kontrast|Röntgen hand|Fotled vänster|Mammografi bilateral|Lever venfas|Höger lunga|Ultraljud njurar""",
    "tr": """Servikal vertebra MR|Batın BT kontrastlı|El grafisi|Sol ayak bileği|Bilateral mamografi|Karaciğer portal faz|Sağ akciğer|Böbrek ultrason""",
    "fi": """Kaularangan MRI|Vatsan TT varjoaineella|Käden röntgen|Vasen nilkka|Mammografia molemminpuolinen|Maksan laskimovaihe|Oikea keuhko|Munuaisten ultraääni""",
}  # fmt: skip


FRESH: dict[str, str] = {
    "en": """CT CHEST ABD PELVIS W IV CONTRAST|MR PROSTATE W WO CONTRAST|PET WB FDG CORRECTED|T2 AXIAL FRFSE PELVIS|Ax DWI 50_800|AX LAVA DYN PRE|BREAST BILATERAL DYNAMIC|eTHRIVE_Tra
Whole body PET attenuation corrected|MAMMO SCREEN DIGITAL BILAT|L MLO|R CC IMPLANT DISPLACED|CHEST AP PORTABLE 1 VIEW|KUB supine|Foot 3+ views left|Scapula Y view|Odontoid open mouth
CT ANGIO HEAD NECK|Brain perfusion colour map|CTP TTP|CERVICAL SPINE WITHOUT|Sag PD FS KNEE|ax t1 vibe fs post|cor t2 haste bh|radial MRCP thick slab|Kidney renogram MAG3|V/Q lung ventilation
Thyroid uptake I123|Myocardial perfusion rest gated|Stress echo apical four chamber|TEE bicaval view|Fundus photograph left eye|OCT macula cube|Retroalveolar upper right molar|Panoramic dental
Planning CT breast free breathing|RT plan prostate boost|Dose volume histogram|Fluoro esophagram double contrast|ERCP spot images|IVC filter placement|Cerebral angiogram left ICA oblique
Small bowel follow through|Sagittal reformat bone window|Axial thin lung 1.25mm|Low dose screening nodule follow up|Delayed 10 min|Early arterial|Venous 70 seconds|Non contrast limited""",
    "de": """CT Hals mit KM|MRT Becken ohne und mit KM|PET Ganzkörper korrigiert|Mammographie rechts schräg|Beckenübersicht im Stehen|Kniegelenk seitlich|Schulter axial|Dynamische Serie Leber|Perfusion Myokard Ruhe
Röntgen Vorfuß in 2 Ebenen|Durchleuchtung Dünndarm|Halsgefäße Angiographie|Nebenhöhlen koronar|Diffusion axial|Felsenbein dünn|Schilddrüse quer|Handgelenk dorsovolar|Planungs-CT Prostata""",
    "fr": """Scanner cervical injecté|IRM prostate dynamique|TEP corps entier corrigée|Mammographie droite oblique|Genou droit de profil|Poumon coupes fines|Séquence axiale diffusion|Cavum coronal
Perfusion myocardique au repos|Radiographie de l'avant-pied|Transit du grêle|Artères carotides|Temps tardif foie|Échographie thyroïde transverse|Main droite face|Panoramique dentaire""",
    "es": """TC de cuello con contraste|RM de próstata dinámica|PET cuerpo entero corregido|Mamografía derecha oblicua|Rodilla derecha lateral|Pulmón cortes finos|Secuencia axial difusión|Senos coronal
Perfusión miocárdica en reposo|Radiografía de pie|Tránsito intestinal|Arterias carótidas|Fase tardía hígado|Ecografía tiroides transversal|Mano derecha frente|Panorámica dental""",
    "pt": """TC do pescoço com contraste|RM da próstata dinâmica|PET corpo inteiro corrigido|Mamografia direita oblíqua|Joelho direito perfil|Pulmão cortes finos|Sequência axial difusão|Seios coronal
Perfusão miocárdica em repouso|Radiografia do pé|Trânsito intestinal|Artérias carótidas|Fase tardia fígado|Ecografia tiroide transversal|Mão direita frente|Panorâmica dentária""",
    "it": """TC collo con contrasto|RM prostata dinamica|PET corpo intero corretta|Mammografia destra obliqua|Ginocchio destro laterale|Polmone strati sottili|Sequenza assiale diffusione|Seni coronale
Perfusione miocardica a riposo|Radiografia del piede|Transito intestinale|Arterie carotidi|Fase tardiva fegato|Ecografia tiroide trasversale|Mano destra frontale|Panoramica dentale""",
    "nl": """CT hals met contrast|MRI prostaat dynamisch|PET hele lichaam gecorrigeerd|Mammografie rechts schuin|Knie rechts zijdelings|Long dunne coupes|Axiale diffusie|Sinussen coronaal
Myocardperfusie in rust|Röntgen voorvoet|Dunne darm passage|Halsslagaders|Late fase lever|Echo schildklier dwars|Hand rechts voorachterwaarts|Panoramische gebitsfoto""",
    "pl": """TK szyi z kontrastem|RM gruczołu krokowego dynamiczne|PET całego ciała|Mammografia prawa skośna|Kolano prawe boczne|Płuca cienkie warstwy|Dyfuzja osiowa|Zatoki płaszczyzna czołowa
Perfuzja mięśnia sercowego w spoczynku|RTG stopy|Pasaż jelita cienkiego|Tętnice szyjne|Faza późna wątroba|USG tarczycy poprzeczne|Ręka prawa|Zdjęcie pantomograficzne zębów""",
    "cs": """CT krku s kontrastem|MR prostaty dynamicky|PET celého těla|Mamografie vpravo šikmá|Koleno vpravo bočně|Plíce tenké řezy|Difuze axiálně|Dutiny koronárně
Perfuze myokardu v klidu|RTG nohy|Pasáž tenkým střevem|Krkavice|Pozdní fáze játra|UZ štítné žlázy příčně|Ruka vpravo|Panoramatický snímek zubů""",
    "sv": """DT hals med kontrast|MR prostata dynamisk|PET helkropp korrigerad|Mammografi höger sned|Knä höger sida|Lungor tunna snitt|Axial diffusion|Bihålor koronar
Myokardperfusion i vila|Röntgen fot|Tunntarmspassage|Halskärl|Sen fas lever|Ultraljud sköldkörtel tvär|Hand höger frontal|Panoramabild tänder""",
    "tr": """Boyun BT kontrastlı|Prostat MR dinamik|Tüm vücut PET|Sağ mamografi oblik|Sağ diz yan|Akciğer ince kesit|Aksiyel difüzyon|Sinüs koronal
İstirahat miyokard perfüzyonu|Ayak grafisi|İnce barsak pasajı|Karotis arterleri|Karaciğer geç faz|Tiroid ultrason transvers|Sağ el ön arka|Panoramik diş grafisi""",
    "da": """CT hals med kontrast|MR prostata dynamisk|PET helkrop korrigeret|Mammografi højre skrå|Knæ højre side|Lunger tynde snit|Aksial diffusion|Bihuler koronal
Myokardieperfusion i hvile|Røntgen fod|Tyndtarmspassage|Halskar|Sen fase lever|Ultralyd skjoldbruskkirtel tværsnit|Hånd højre forfra|Panoramaoptagelse tænder|CT cerebrum uden kontrast|Venstre hofte""",
    "no": """CT hals med kontrast|MR prostata dynamisk|PET helkropp korrigert|Mammografi høyre skrå|Kne høyre side|Lunger tynne snitt|Aksial diffusjon|Bihuler koronal
Myokardperfusjon i hvile|Røntgen fot|Tynntarmspassasje|Halskar|Sen fase lever|Ultralyd skjoldbruskkjertel tverrsnitt|Hånd høyre forfra|Panoramabilde tenner|CT hode uten kontrast|Venstre hofte""",
    "fi": """Kaulan TT varjoaineella|Eturauhasen MRI dynaaminen|Koko kehon PET|Oikea rinta viisto|Oikea polvi sivusta|Keuhkot ohuet leikkeet|Aksiaalinen diffuusio|Nenän sivuontelot koronaalinen
Sydänlihasperfuusio levossa|Jalan röntgen|Ohutsuolipassaasi|Kaulavaltimot|Maksan myöhäisvaihe|Kilpirauhasen ultraääni poikittain|Oikea käsi|Hampaiden panoraamakuva|Pään TT natiivi|Vasen lonkka""",
}  # fmt: skip


def phrases(which: dict[str, str]) -> list[tuple[str, str]]:
    """(language, descriptor) of every line."""
    return [
        (language, text.strip()) for language, lines in which.items() for text in lines.replace("\n", "|").split("|")
    ]
