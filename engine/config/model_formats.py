"""The formats by name: what each is called, what it is for, and how the files are used. Imports nothing heavy."""

from dataclasses import dataclass

from engine.config.exporting import ModelFormatName


@dataclass(frozen=True)
class ModelFormat:
    """One format of a reader that leaves the lab.

    Attributes:
        name: its name in configs.
        title: what people call it.
        use: what it is for, in a line.
        readme: how its files are used, for the export's README.txt.
    """

    name: ModelFormatName
    title: str
    use: str
    readme: str


_AS_A_BUNDLE = """\
The folder `bundle` is a bundle of Glyphlab like any other:

    from glyphlab_read import Reader

    print(Reader.open("bundle").read("word.png").text)
"""
_RAPIDOCR = """\
RapidOCR, and programs with RapidOCR inside (Docling, immich, OCRmyPDF's plugin), take rapidocr.onnx by its path; its
characters are in the file:

    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Rec.model_path": "rapidocr.onnx"})
    print(engine("page.png").txts)

OnnxTR takes the folder `onnxtr`:

    from json import load
    from onnxtr.models import ocr_predictor
    from onnxtr.models.recognition import crnn_vgg16_bn

    config = load(open("onnxtr/config.json"))
    reader = crnn_vgg16_bn("onnxtr/model.onnx", vocab=config["vocab"], input_shape=config["input_shape"])
    reader.cfg = {name: tuple(value) if isinstance(value, list) else value for name, value in config.items()}
    predictor = ocr_predictor(reco_arch=reader)

(crnn_vgg16_bn is but the name of OnnxTR's decoder; the network is the one of this lab.)

Both resize images before the network sees them: RapidOCR to 48 rows without smoothing, OnnxTR to the reader's own.
Words whose letters are hard to tell may therefore read otherwise than in the lab, better or worse. They read by the
image alone: likely texts are the lab's.
"""
MODEL_FORMATS: dict[str, ModelFormat] = {
    one.name: one
    for one in (
        ModelFormat(
            "rapidocr",
            "RapidOCR and OnnxTR",
            "Your reader inside Docling, immich and others that read with RapidOCR or OnnxTR, by one path.",
            _RAPIDOCR,
        ),
        ModelFormat("onnx-fp16", "ONNX, fp16 weights", "The same readings from half the file.", _AS_A_BUNDLE),
        ModelFormat(
            "onnx-int8",
            "ONNX, int8",
            "A quarter of the file; given out only where it is faster here and reads at most 1 point worse.",
            _AS_A_BUNDLE,
        ),
    )
}
