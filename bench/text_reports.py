"""Short radiology reports in fourteen languages, hand-written for the benchmark, with places for what identifies.

Two sets: vocabularies may be read against TUNE only. A place is {patient}, {given}, {surname}, {doctor} (a name after
a title that the template holds), {reader} (a name without title), {relative} (a given name), {date}, {id}, {hospital},
{place}, {phone}, {street}, {age} (over 89). `*` parts reports.
"""
# ruff: noqa: E501 - a text reads better in its own lines

from __future__ import annotations

TUNE: dict[str, str] = {
    "en": """Clinical history: {age}-year-old woman with progressive shortness of breath and cough for three weeks. Known breast cancer, treated in {hospital}.
Comparison: chest radiograph of {date}.
Findings: The lungs are well expanded. There is a new patchy opacity in the left lower lobe, suspicious for pneumonia. No pleural effusion or pneumothorax. The heart is mildly enlarged. The visualized upper abdomen is unremarkable.
Impression: Left lower lobe pneumonia. Follow-up radiograph after treatment is recommended to document resolution. Results were discussed with Dr. {doctor} by telephone ({phone}) at the time of interpretation.
*
Patient {patient}, record number {id}, was brought in by her daughter {relative} after a fall at home in {place}. Axial images were obtained from the skull base to the vertex without intravenous contrast. There is no evidence of acute hemorrhage, mass effect or midline shift. Grey-white matter differentiation is preserved. Mild age-related volume loss. The calvarium is intact. Electronically signed by {reader} on {date}.""",
    "de": """Klinische Angaben: Seit mehreren Tagen zunehmende Schmerzen im rechten Oberbauch, Fieber. Zustand nach Cholezystektomie im {hospital} am {date}.
Befund: Die Leber ist normal groß und zeigt eine homogene Binnenstruktur. Kein Nachweis einer umschriebenen Raumforderung. Die Gallenwege sind nicht erweitert. Bauchspeicheldrüse und Milz stellen sich unauffällig dar. Beide Nieren ohne Harnstau. Keine freie Flüssigkeit.
Beurteilung: Kein Anhalt für eine entzündliche Veränderung. Eine Verlaufskontrolle wird empfohlen. Mit freundlichen Grüßen, Dr. med. {doctor}
*
Herr {surname} stellte sich mit Kniebeschwerden vor. Im Vergleich zur Voruntersuchung vom {date} zeigt sich ein deutlich größerer Gelenkerguss. Das vordere Kreuzband ist intakt. Der Innenmeniskus weist einen Riss im Hinterhorn auf. Rückfragen bitte unter {phone}. Die Tochter {relative} wurde informiert.""",
    "fr": """Indication : douleurs lombaires depuis deux mois chez un patient de {age} ans, adressé par le Dr {doctor}.
Technique : acquisition hélicoïdale sans injection de produit de contraste.
Résultats : On note un pincement discal en L5-S1 avec une petite hernie médiane qui refoule légèrement le sac dural. Les autres étages sont normaux. Il n'existe pas de lésion osseuse suspecte. Le canal rachidien est de calibre normal.
Conclusion : hernie discale sans conflit radiculaire évident. À confronter aux données de la clinique.
*
Madame {surname}, née le {date}, dossier {id}, a été examinée au {hospital}. Le foie est augmenté de volume, de contours réguliers. La vésicule biliaire contient plusieurs calculs. Absence d'épanchement péritonéal. Son mari {relative} a été prévenu par téléphone au {phone}.""",
    "es": """Motivo de consulta: dolor abdominal de una semana de evolución, con vómitos. Paciente remitido por la Dra. {doctor} desde {hospital}.
Hallazgos: El hígado presenta un tamaño normal, sin lesiones focales. La vesícula biliar se encuentra distendida y contiene múltiples cálculos. No se observa dilatación de la vía biliar. El páncreas no puede valorarse por interposición de gas. Ambos riñones son de aspecto normal.
Conclusión: colelitiasis sin signos de colecistitis aguda. Se recomienda control en seis meses.
*
La señora {surname}, con domicilio en {street}, {place}, acudió acompañada de su hijo {relative}. Se realizó radiografía de tórax el {date}. Se aprecia un aumento de la densidad en la base derecha. El corazón es de tamaño normal. Informado por {reader}.""",
    "pt": """Indicação clínica: cefaleia intensa há três dias. Doente enviado pelo Dr. {doctor}.
Relatório: Não se observam lesões expansivas nem hemorragia recente. O sistema ventricular tem dimensões e morfologia normais. As estruturas da linha média estão centradas. Os seios perinasais encontram-se bem arejados.
Conclusão: exame sem alterações relevantes. Sugere-se correlação com os dados clínicos.
*
O senhor {patient}, processo {id}, foi observado no {hospital} em {date}. Refere queda da própria altura. Identifica-se fratura do terço distal do rádio, com ligeiro desvio. As partes moles apresentam edema. A esposa {relative} foi contactada pelo número {phone}.""",
    "it": """Quesito clinico: tosse persistente da oltre un mese in paziente fumatore. Inviato dal dott. {doctor}.
Referto: Non si osservano lesioni pleuro-parenchimali in atto. Gli ili sono di aspetto regolare. L'ombra cardiaca è nei limiti della norma. Seni costofrenici liberi. Modesta scoliosi del rachide dorsale.
Conclusioni: quadro invariato rispetto al precedente controllo del {date}. Si consiglia di completare lo studio con una tomografia.
*
La signora {surname}, residente in {street}, è stata accompagnata dalla figlia {relative}. L'esame è stato eseguito presso {hospital}. Il fegato appare aumentato di dimensioni, con margini regolari e struttura disomogenea. Non è presente liquido libero. Firmato: {reader}.""",
    "nl": """Klinische gegevens: sinds enkele weken toenemende pijn in de linkerschouder. Verwezen door dr. {doctor} uit {place}.
Verslag: De pees van de supraspinatus is verdikt en toont een kleine scheur. Er is geen vocht in de slijmbeurs. Het acromioclaviculaire gewricht vertoont matige slijtage. De overige pezen zijn intact.
Conclusie: gedeeltelijke scheur, geen aanwijzingen voor een breuk. Advies: verwijzing naar de fysiotherapeut.
*
Mevrouw {surname}, geboren op {date}, patiëntnummer {id}, werd gezien in het {hospital}. Haar zoon {relative} was aanwezig bij het onderzoek. Vergeleken met het vorige onderzoek is de afwijking in de rechter bovenkwab kleiner geworden. Uitslag doorgebeld op {phone}.""",
    "pl": """Dane kliniczne: ból w klatce piersiowej od trzech dni, duszność. Skierowany przez dr. {doctor}.
Opis badania: Pola płucne bez zmian ogniskowych i zagęszczeń. Sylwetka serca nie jest powiększona. Kąty przeponowo-żebrowe wolne. Nie stwierdza się płynu w jamach opłucnej. Widoczne zmiany zwyrodnieniowe kręgosłupa.
Wnioski: obraz prawidłowy. Zaleca się kontrolę za sześć miesięcy.
*
Pani {surname}, zamieszkała przy {street} w {place}, zgłosiła się na badanie w {hospital} dnia {date}. Wątroba o prawidłowej wielkości i jednorodnej strukturze. Pęcherzyk żółciowy zawiera liczne złogi. Córka {relative} odebrała wynik. Opisał: {reader}.""",
    "cs": """Klinické údaje: bolesti hlavy několik týdnů, bez úrazu. Odeslal MUDr. {doctor}.
Popis: Mozková tkáň bez ložiskových změn. Komorový systém není rozšířen a je symetrický. Středové struktury nejsou přesunuté. Vedlejší dutiny nosní jsou vzdušné. Kostní struktury bez patologického nálezu.
Závěr: bez známek čerstvého krvácení. Doporučuji kontrolu podle klinického stavu.
*
Paní {surname}, bytem {street}, byla vyšetřena dne {date} v zařízení {hospital}. Ve srovnání s minulým vyšetřením se nález na plicích zlepšil. V levé plíci přetrvává malé zastínění. Telefon na dceru {relative}: {phone}. Číslo pacienta {id}.""",
    "sv": """Anamnes: fall i hemmet för två dagar sedan, smärta i höger höft. Remiss från dr {doctor}, {hospital}.
Utlåtande: Det finns en frisk fraktur i lårbenshalsen med måttlig felställning. Bäckenet är utan anmärkning. Lätta artrosförändringar i båda höftlederna. Ingen annan skada kan påvisas.
Bedömning: lårbensbrott på höger sida. Ortoped har informerats.
*
Patienten {patient}, personnummer {id}, undersöktes den {date}. Jämfört med tidigare undersökning har vätskan i vänster lungsäck minskat. Hjärtat är inte förstorat. Dottern {relative} nås på telefon {phone}. Signerat av {reader}.""",
    "tr": """Klinik bilgi: üç haftadır devam eden öksürük ve ateş. Dr. {doctor} tarafından gönderildi.
Bulgular: Her iki akciğer havalanması normaldir. Sağ alt lobda küçük bir nodül izlenmektedir. Plevral sıvı saptanmadı. Kalp boyutları normal sınırlardadır. Kemik yapılarda belirgin patoloji görülmedi.
Sonuç: Sağ alt lobda nodül. Altı ay sonra kontrol önerilir.
*
{patient} adlı hasta, {street} adresinde oturmaktadır. {date} tarihinde {hospital} bünyesinde incelendi. Karaciğer boyutu artmış olup ekosu homojendir. Safra kesesi içinde taş mevcuttur. Kızı {relative} ile görüşüldü, telefon {phone}.""",
    "da": """Kliniske oplysninger: tiltagende åndenød gennem en uge. Henvist af dr. {doctor}.
Beskrivelse: Der ses ingen infiltrater eller stase. Hjertet er ikke forstørret. Der er en mindre mængde væske i venstre lungehule. Knoglerne er uden påviselige forandringer.
Konklusion: pleuravæske på venstre side, i øvrigt normale forhold. Kontrol anbefales efter behandling.
*
Patienten {patient}, cpr-nummer {id}, blev undersøgt den {date} på {hospital}. Sammenlignet med den tidligere undersøgelse er forandringerne uændrede. Sønnen {relative} kan kontaktes på telefon {phone}. Beskrevet af {reader}.""",
    "no": """Klinisk opplysning: fall på isen i går, smerter i venstre håndledd. Henvist av dr. {doctor}, {place}.
Beskrivelse: Det er et brudd i den nederste delen av spolebeinet med lett feilstilling. Leddflaten er ikke involvert. Ingen andre skader kan påvises. Bløtdelene er hovne.
Vurdering: brudd i håndleddet. Kontroll etter gipsing anbefales.
*
Pasienten {patient}, født {date}, ble undersøkt ved {hospital}. Sammenliknet med forrige undersøkelse er svulsten blitt mindre. Det er ikke tilkommet nye funn. Kona {relative} er informert på telefon {phone}. Signert {reader}.""",
    "fi": """Esitiedot: kaatunut kotona kaksi päivää sitten, kipua oikeassa lonkassa. Lähettävä lääkäri {doctor}.
Lausunto: Reisiluun kaulassa on tuore murtuma, jossa on lievä virheasento. Lantion luissa ei näy muutoksia. Molemmissa lonkissa on lievää nivelrikkoa. Muuta poikkeavaa ei todeta.
Johtopäätös: reisiluun kaulan murtuma. Ortopedille on ilmoitettu.
*
Potilas {patient}, henkilötunnus {id}, tutkittiin {date} yksikössä {hospital}. Aikaisempaan tutkimukseen verrattuna neste vasemmassa keuhkopussissa on vähentynyt. Sydän ei ole suurentunut. Tytär {relative} tavoitetaan numerosta {phone}. Lausui {reader}.""",
}

HELD_OUT: dict[str, str] = {
    "en": """INDICATION: Left flank pain, rule out renal calculus. Referred by Dr {doctor}, {hospital}, {place}.
TECHNIQUE: Helical scanning through the abdomen and pelvis was performed before and after administration of iodinated contrast material.
FINDINGS: A calculus measuring approximately 5 mm lies within the proximal left ureter, causing moderate upstream dilatation. The right kidney and both adrenal glands appear normal. Scattered colonic diverticula without surrounding inflammatory change. No free air. Degenerative disc disease is most pronounced at the lumbosacral junction.
CONCLUSION: Obstructing ureteric stone. Urological referral is advised.
*
Thank you for referring Mrs {surname}, who attended our department on {date} together with her husband {relative}. Ultrasound shows a well-circumscribed hypoechoic lesion at the two o'clock position of the right breast, most likely representing a fibroadenoma. There is no suspicious axillary lymphadenopathy. Since previous imaging is not available, biopsy could be considered. Please call {phone} for an appointment. Reported by {reader}.
*
{given} {surname} (hospital number {id}) has recovered well after surgery. The sternal wires are aligned. Endotracheal tube tip projects above the carina. Basal atelectasis has improved compared with yesterday's film. The remainder of the examination is unchanged.""",
    "de": """Fragestellung: Tumorausschluss bei Gewichtsverlust und Nachtschweiß. Überweisung durch Frau Dr. {doctor}, {place}.
Technik: Untersuchung in Spiraltechnik nach intravenöser Gabe von Kontrastmittel, multiplanare Rekonstruktionen.
Befund: Im linken Oberlappen findet sich ein rundlicher Herd mit unscharfer Begrenzung. Vergrößerte Lymphknoten im Mediastinum. Die großen Gefäße sind regelrecht kontrastiert. Geringe Verkalkungen der Herzkranzgefäße. Nebennieren schlank.
Beurteilung: Dringender Verdacht auf ein Bronchialkarzinom. Weitere Abklärung durch Gewebeentnahme erforderlich.
*
Wir berichten über Ihren Patienten {patient}, wohnhaft {street}, der sich am {date} in unserer Ambulanz befand (Fallnummer {id}). Nach dem Sturz bestehen weiterhin Bewegungseinschränkungen. Es zeigt sich eine stufenlose Fraktur des Außenknöchels ohne wesentliche Fehlstellung. Angehörige: Ehefrau {relative}, Telefon {phone}. Gezeichnet {reader}, {hospital}.""",
    "fr": """Renseignements cliniques : altération de l'état général, amaigrissement. Patient suivi par le Pr {doctor} à {hospital}.
Protocole : exploration thoraco-abdomino-pelvienne après injection intraveineuse.
Compte rendu : Masse tissulaire du lobe supérieur gauche, mal limitée, mesurant environ quatre centimètres. Plusieurs ganglions augmentés de taille au niveau du médiastin. Pas d'anomalie des surrénales. Les vaisseaux sont perméables. Quelques calcifications des artères coronaires.
Au total : aspect très évocateur d'une tumeur bronchique. Un prélèvement paraît nécessaire.
*
Je vous remercie de m'avoir confié Monsieur {patient}, demeurant {street} à {place}, vu le {date}. Depuis sa chute, il se plaint d'une gêne à la marche. On retrouve un trait de fracture de la malléole externe, non déplacé. La fille du patient, {relative}, est joignable au {phone}. Numéro d'examen {id}. Signé {reader}.""",
    "es": """Información clínica: pérdida de peso y sudoración nocturna. Solicita: Dr. {doctor}, {place}.
Técnica: estudio realizado tras la administración de contraste intravenoso, con reconstrucciones en varios planos.
Informe: En el lóbulo superior izquierdo existe una masa de bordes mal definidos. Se identifican ganglios aumentados de tamaño en el mediastino. Los grandes vasos son permeables. Glándulas suprarrenales sin alteraciones. Cambios degenerativos en la columna.
Impresión: hallazgos muy sugestivos de neoplasia pulmonar. Convendría obtener una muestra para estudio.
*
Agradecemos la derivación de {patient}, que vive en {street} y fue atendido el {date} en {hospital}, número de historia {id}. Desde la caída refiere dificultad para caminar. Se visualiza una línea de fractura en el maléolo externo sin desplazamiento. Contacto: su esposa {relative}, teléfono {phone}. Firmado {reader}.""",
    "pt": """Informação clínica: perda de peso e suores noturnos. Pedido pela Dra. {doctor}, {place}.
Técnica: exame efetuado após administração endovenosa de contraste, com reconstruções em vários planos.
Descrição: No lobo superior esquerdo existe uma massa de limites mal definidos. Identificam-se gânglios aumentados no mediastino. Os grandes vasos estão permeáveis. Glândulas suprarrenais sem alterações. Pequena quantidade de líquido no saco pericárdico.
Impressão: aspetos muito sugestivos de neoplasia do pulmão. Deve ser considerada a realização de biópsia.
*
Agradecemos o envio de {patient}, residente em {street}, observado em {date} no {hospital} (número {id}). Desde a queda queixa-se de dificuldade em andar. Visualiza-se um traço de fratura do maléolo externo, sem afastamento dos fragmentos. Contacto da filha {relative}: {phone}. Assinado por {reader}.""",
    "it": """Notizie cliniche: calo ponderale e sudorazione notturna. Richiesta del prof. {doctor}, {place}.
Tecnica: indagine condotta dopo somministrazione endovenosa di mezzo di contrasto, con ricostruzioni su più piani.
Referto: Nel lobo superiore sinistro è presente una massa a margini sfumati. Alcuni linfonodi ingranditi a livello mediastinico. I grossi vasi risultano pervi. Surreni nei limiti. Minuta quota di versamento pericardico.
Conclusioni: reperto fortemente sospetto per neoplasia polmonare. Utile approfondimento con prelievo bioptico.
*
Si ringrazia per aver inviato {patient}, domiciliato in {street}, visitato in data {date} presso {hospital}, cartella {id}. Dopo la caduta lamenta difficoltà a camminare. Si apprezza una rima di frattura del malleolo esterno, composta. Recapito della moglie {relative}: {phone}. Refertato da {reader}.""",
    "nl": """Vraagstelling: gewichtsverlies en nachtzweten, maligniteit uitsluiten. Aanvrager: mevrouw dr. {doctor}, {place}.
Techniek: onderzoek uitgevoerd na toediening van contrastmiddel, met reconstructies in meerdere vlakken.
Bevindingen: In de linkerbovenkwab bevindt zich een haard met onscherpe begrenzing. Meerdere vergrote klieren in het mediastinum. De grote vaten zijn goed doorgankelijk. Geen bijzonderheden aan de bijnieren. Geringe kalk in de kransslagaders.
Conclusie: sterke verdenking op een tumor van de long. Nader onderzoek door middel van een biopt is noodzakelijk.
*
Dank voor het verwijzen van {patient}, wonende {street}, gezien op {date} in {hospital}, dossiernummer {id}. Na de val bestaan nog steeds klachten bij het lopen. Er is een niet verplaatste breuk van de buitenenkel zichtbaar. Contactpersoon: echtgenote {relative}, telefoon {phone}. Getekend {reader}.""",
    "pl": """Rozpoznanie wstępne: utrata masy ciała i nocne poty. Lekarz kierujący: dr n. med. {doctor}, {place}.
Technika: badanie wykonano po dożylnym podaniu środka kontrastowego, z rekonstrukcjami w kilku płaszczyznach.
Opis: W płacie górnym lewego płuca znajduje się guz o nieostrych zarysach. Powiększone węzły chłonne śródpiersia. Duże naczynia są drożne. Nadnercza bez zmian. Niewielka ilość płynu w worku osierdziowym.
Wnioski: obraz silnie przemawia za nowotworem płuca. Konieczna jest dalsza diagnostyka.
*
Dziękujemy za skierowanie pacjenta {patient}, numer {id}, który był u nas {date} w {hospital}. Po upadku nadal zgłasza trudności w chodzeniu. Widoczna jest szczelina złamania kostki bocznej bez przemieszczenia odłamów. Kontakt z żoną {relative}: {phone}. Podpisano {reader}.""",
    "cs": """Otázka: úbytek váhy a noční pocení, vyloučit nádor. Žádá: doc. {doctor}, {place}.
Technika: vyšetření provedeno po nitrožilním podání kontrastní látky, s rekonstrukcemi v několika rovinách.
Nález: V levém horním laloku je patrný útvar s neostrými okraji. Zvětšené uzliny v mezihrudí. Velké cévy jsou dobře průchodné. Nadledviny beze změn. Malé množství tekutiny v osrdečníku.
Závěr: nález velmi suspektní z nádoru plic. Je nutné další došetření.
*
Děkujeme za odeslání pacienta {patient}, číslo {id}, který u nás byl {date} v {hospital}. Po pádu má stále potíže s chůzí. Je viditelná linie lomu zevního kotníku bez posunu. Kontakt na manželku {relative}: {phone}. Podepsal {reader}.""",
    "sv": """Frågeställning: viktnedgång och nattliga svettningar, tumör? Remitterande: överläkare {doctor}, {place}.
Teknik: undersökningen är utförd efter intravenös tillförsel av kontrastmedel med rekonstruktioner i flera plan.
Fynd: I vänster ovanlob ses en förändring med oskarp avgränsning. Flera förstorade körtlar i mediastinum. De stora kärlen är öppna. Binjurarna är slanka. Lite vätska i hjärtsäcken.
Sammanfattning: stark misstanke om lungtumör. Fortsatt utredning med vävnadsprov är nödvändig.
*
Tack för remissen angående {patient}, boende på {street}, som besökte oss den {date} på {hospital} (nummer {id}). Efter fallet finns fortfarande besvär vid gång. Man ser en spricka i yttre fotknölen utan förskjutning. Anhörig: hustrun {relative}, telefon {phone}. Underskrivet {reader}.""",
    "tr": """Ön tanı: kilo kaybı ve gece terlemesi, tümör araştırılıyor. İsteyen: Prof. Dr. {doctor}, {place}.
Teknik: inceleme damar yoluyla kontrast madde verildikten sonra yapılmış, çeşitli düzlemlerde görüntüler elde edilmiştir.
Bulgular: Sol üst lobda sınırları düzensiz kitle görülmektedir. Mediastende büyümüş lenf düğümleri vardır. Büyük damarlar açıktır. Böbrek üstü bezleri doğaldır. Perikard boşluğunda az miktarda sıvı mevcuttur.
Sonuç: akciğer tümörü açısından kuvvetle şüpheli görünüm. Doku örneklemesi gereklidir.
*
{patient}, dosya numarası {id}, {date} günü {hospital} kliniğimize başvurdu. Düşme sonrası yürümede güçlük tanımlıyor. Dış ayak bileğinde ayrılmamış kırık hattı seçilmektedir. Eşi {relative} aranabilir: {phone}. İmzalayan {reader}.""",
    "da": """Spørgsmål: vægttab og nattesved, tumor? Rekvirent: overlæge {doctor}, {place}.
Teknik: undersøgelsen er udført efter indgift af kontrast i en vene med rekonstruktioner i flere planer.
Fund: I venstre overlap ses en proces med uskarp afgrænsning. Flere forstørrede kirtler i mediastinum. De store kar er åbentstående. Binyrerne er slanke. Lidt væske i hjertesækken.
Vurdering: stærk mistanke om lungetumor. Yderligere udredning med vævsprøve er nødvendig.
*
Tak for henvisningen af {patient}, bosat {street}, som mødte den {date} på {hospital} (nummer {id}). Efter faldet er der stadig besvær ved gang. Man ser en brudlinje i den ydre ankelknude uden forskydning. Pårørende: ægtefællen {relative}, telefon {phone}. Underskrevet {reader}.""",
    "no": """Problemstilling: vekttap og nattesvette, svulst? Henviser: overlege {doctor}, {place}.
Teknikk: undersøkelsen er utført etter tilførsel av kontrast i en vene med rekonstruksjoner i flere plan.
Funn: I venstre overlapp ses en lesjon med uskarp avgrensning. Flere forstørrede kjertler i mediastinum. De store karene er åpne. Binyrene er slanke. Litt væske i hjerteposen.
Konklusjon: sterk mistanke om lungesvulst. Videre utredning med vevsprøve er nødvendig.
*
Takk for henvisningen av {patient}, bosatt {street}, som møtte den {date} på {hospital} (nummer {id}). Etter fallet er det fortsatt plager ved gange. Man ser en bruddlinje i den ytre ankelknoken uten forskyvning. Pårørende: ektefellen {relative}, telefon {phone}. Underskrevet {reader}.""",
    "fi": """Kysymys: laihtuminen ja yöhikoilu, kasvain? Pyytäjä: ylilääkäri {doctor}, {place}.
Tekniikka: tutkimus on tehty suonensisäisen varjoaineen annon jälkeen, kuvat on muodostettu useissa tasoissa.
Löydökset: Vasemmassa ylälohkossa näkyy epätarkkarajainen muutos. Useita suurentuneita imusolmukkeita välikarsinassa. Suuret suonet ovat avoimet. Lisämunuaiset ovat siroja. Vähäinen määrä nestettä sydänpussissa.
Yhteenveto: vahva epäily keuhkokasvaimesta. Jatkoselvittely koepalalla on tarpeen.
*
Kiitos lähetteestä koskien potilasta {patient}, asuu {street}, joka kävi meillä {date} sairaalassa {hospital} (numero {id}). Kaatumisen jälkeen kävely on edelleen hankalaa. Ulkokehräsessä näkyy murtumalinja ilman siirtymää. Omainen: vaimo {relative}, puhelin {phone}. Allekirjoittanut {reader}.""",
}


def reports(which: dict[str, str]) -> list[tuple[str, str]]:
    """(language, report) of every text between the asterisks."""
    return [(language, text.strip()) for language, listed in which.items() for text in listed.split("\n*\n")]
