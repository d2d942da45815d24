"""The names of CDA R2 (HL7 CDA Release 2, POCD_HD000040): which elements and attribute values are of the standard."""

from __future__ import annotations

from deidra.documents.naming import names

# Elements that carry structure only: what is inside is judged, they themselves stay
STRUCTURE = names(
    """ClinicalDocument recordTarget patientRole patient guardian guardianPerson guardianOrganization birthplace
    place providerOrganization author assignedAuthor assignedPerson assignedAuthoringDevice
    representedOrganization asOrganizationPartOf wholeOrganization dataEnterer assignedEntity informant
    relatedEntity relatedPerson custodian assignedCustodian representedCustodianOrganization informationRecipient
    intendedRecipient receivedOrganization legalAuthenticator authenticator participant associatedEntity
    associatedPerson scopingOrganization inFulfillmentOf order documentationOf serviceEvent performer
    relatedDocument parentDocument authorization consent componentOf encompassingEncounter responsibleParty
    encounterParticipant location healthCareFacility serviceProviderOrganization component structuredBody
    nonXMLBody section subject relatedSubject entry act encounter observation observationMedia organizer procedure
    regionOfInterest substanceAdministration supply entryRelationship reference externalAct externalObservation
    externalProcedure externalDocument precondition criterion referenceRange observationRange specimen
    specimenRole specimenPlayingEntity consumable manufacturedProduct manufacturedLabeledDrug manufacturedMaterial
    manufacturerOrganization product participantRole playingDevice playingEntity scopingEntity relatedSubject
    maintainedEntity maintainingPerson doseCheckQuantity"""
)
CODED = names(
    """code confidentialityCode statusCode priorityCode administrativeGenderCode raceCode ethnicGroupCode
    functionCode signatureCode dischargeDispositionCode admissionReferralSourceCode standardIndustryClassCode
    awarenessCode interpretationCode methodCode targetSiteCode approachSiteCode routeCode administrationUnitCode
    uncertaintyCode repeatNumberCode translation qualifier name_of_qualifier modeCode levelCode preferenceInd"""
)
PERSONAL_CODES = frozenset(("administrativeGenderCode", "raceCode", "ethnicGroupCode"))
# Of the person, and of no use to a reader of images
DROPPED = frozenset(("maritalStatusCode", "religiousAffiliationCode", "languageCommunication", "signatureText"))
MASKED = frozenset(("name", "addr", "telecom", "desc"))
TIMES = frozenset(("effectiveTime", "time", "birthTime", "availabilityTime", "activityTime", "expectedUseTime"))
QUANTITIES = names(
    """doseQuantity rateQuantity maxDoseQuantity quantity low high center width numerator denominator increment
    period repeatNumber sequenceNumber versionNumber independentInd substitutionInd negationInd origin scale"""
)
# Entities whose name is that of a thing
THINGS = names(
    """manufacturedLabeledDrug manufacturedMaterial specimenPlayingEntity playingEntity playingDevice
    assignedAuthoringDevice"""
)
# Attribute values of the closed vocabularies of the HL7 V3 RIM that CDA R2 uses
RIM_VALUES = names(
    """ACT ALRT BATTERY CLUSTER CONC COND CNTRCT DOC DOCCLIN DOCSECT DOCBODY ENC ENTRY INC INFRM INVSTG LIST MPROT
    OBS OBSCOR OBSSER ROIBND ROIOVL PROC REG REV SPCOBS SPCTRT SBADM SPLY DIET DGIMG CLNTRL TRNS EXPOS POS OUTB
    XACT XFRM ACCM CONS CTTEVENT DISPACT FCNTRCT ADJUD CACT CATEGORY TOPIC CASE GROUPER DETPOL PCPR STC
    SPECCOLLECT SUBST VERIF EVN INT APT ARQ DEF EVN.CRT GOL PRMS PRP RQO OPT EXPEC AUT AUTHEN CST CALLBCK COV DEV
    DIR DIST DST ELOC ENT HLD IND INF IRCP LA LOC NOT ORG PPRF PRCP PRF PRD PROV RCT RCV RESP RML SBJ SPC SPRF TRC
    TPA VIA VRF WIT ADM ATND CON CSM DIS ESC REF REFB REFT ORIG ALY BBY BEN CSUB DON EXPART EXPTRGT EXSRC NRD
    PARTICIPANTS RDV CAGNT APND ARR AUTH CAUS COMP CTRLV DOC DEP DRIV ELNK EVID EXACBY FLFS GEN GEVL GOAL INST
    ITEMSLOC LIMIT MFST MITGT MTCH NAME OCCR OPTN OREF OUTC PERT PREV QUALF REFR REFV RELVBY RISK RPLC RSON SAFE
    SAS SPRT SPRTBND START STEP SUBJ SUCC SUMM SUSP TRIG UPDT USE VALUE VRXCRPT XCRPT XFRM XFRM DSGN PAT ASSIGNED
    EMP MANU MANUA NOK PSN PSNANM CIT COVPTY CRINV CRSPNSR EMPLOY GUAR GUARD GRD INVSBJ LIC MIL NURS OWN PAYEE
    PAYOR POLHOLD PRS QUAL ROL SDLOC SGNOFF SIGNOFF SPNSR STD STUD SUBSUM TERR THER UNDWRT ACCESS ADMM ADTV AGNT
    ALQT BASE BIRTHPL CAREGIVER CASEBJ CHLD CNTM COLR CONT CONTR DSTR DSUB EXLOCATION EXPR GRIC HCFAC HLTHCHRT HRI
    IACT IDENT INGR ISLT LOCE MBR MIXED MNT OWNMTRL PART PRESERVE PRIMARY RESBJ RET RGPR ROUT SCHED SLOC SPEC STOR
    SUBY WRTE ISDLOC CLAIM CERT MANF INSTNCE KIND GROUP DETERMINED INSTANCE QUANTIFIED ENT ORGANIZATION PUB STATE
    NAT PLC CITY COUNTRY COUNTY PROVINCE RGN CHEM FOOD MAT MMAT HOLD CER MODDV IMAG LIV ANM MIC PLNT NLIV true
    false NI OTH NINF PINF UNK ASKU NAV NASK TRC MSK NA NP OP AP ON SP AN A B D E H I P U normal active completed
    aborted cancelled held new suspended nullified obsolete inInsert GENR SN SHA-1 TXT B64 text/plain image/png
    image/jpeg image/gif application/pdf text/rtf application/rtf text/html text/x-hl7-text+xml DF GZ ZL Z"""
)
DATA_TYPES = names(
    """ANY BL BIN ED ST SC CD CE CV CS CO CR II TEL AD EN PN ON TN INT REAL PQ MO TS IVL_TS IVL_PQ IVL_INT IVL_REAL
    PIVL_TS EIVL_TS SXCM_TS SXPR_TS RTO RTO_PQ_PQ RTO_QTY_QTY RTO_INT_INT GLIST_PQ GLIST_TS SLIST_PQ SLIST_TS
    UVP_TS PPD_PQ PPD_TS BXIT_CD"""
)
NARRATIVE_BLOCKS = names(
    """paragraph list item table thead tbody tfoot tr td th caption colgroup col br renderMultiMedia"""
)
NARRATIVE_INLINE = names("content sub sup linkHtml footnote footnoteRef text")
