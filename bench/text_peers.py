"""The programs that the cleaner is compared with, as far as they are installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator


def peers() -> Iterator[tuple[str, Callable[[str], str]]]:
    """Name and cleaning function of each."""
    for name, make in (("Presidio, blank pipeline", _presidio), ("scrubadub", _scrubadub)):
        try:
            yield name, make()
        except ImportError as error:
            print(f"{name}: not measured ({error.name} is not installed)")


def _presidio() -> Callable[[str], str]:
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    # The e-mail recogniser would else fetch the list of public suffixes
    offline = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    tldextract.extract = offline
    tldextract.tldextract.extract = offline

    class Blank(SpacyNlpEngine):
        def load(self) -> None:
            self.nlp = {"en": spacy.blank("en")}

    engine = Blank(models=[{"lang_code": "en", "model_name": "blank"}])
    engine.load()
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=engine)
    registry.remove_recognizer("SpacyRecognizer")
    analyzer = AnalyzerEngine(nlp_engine=engine, registry=registry, supported_languages=["en"])

    def clean(text: str) -> str:
        for found in sorted(analyzer.analyze(text, "en", score_threshold=0.3), key=lambda hit: -hit.start):
            text = text[: found.start] + text[found.end :]
        return text

    return clean


def _scrubadub() -> Callable[[str], str]:
    import scrubadub

    scrubber = scrubadub.Scrubber()
    return lambda text: str(scrubber.clean(text, replace_with="identifier"))
