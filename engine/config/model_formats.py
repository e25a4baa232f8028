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
RapidOCR takes rapidocr.onnx by its path; its characters are in the file:

    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Rec.model_path": "rapidocr.onnx"})
    print(engine("page.png").txts)

Programs with RapidOCR inside pass that setting on: as Rec: {model_path: …} of RapidOCR's config.yaml (OCRmyPDF's plugin
ocrmypdf-rapidocr, by --rapidocr-config-path), or as an option of their own (rec_model_path of Docling).

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
_SAVED_MODEL = """\
TensorFlow Serving takes the folder `saved_model` as a version of a model, with the signature that aocr exports: the
bytes of an image file (PNG, JPEG, BMP or GIF) in, `prediction` and `probability` out; a list of files gives lists.

    docker run -p 8501:8501 -v $PWD/saved_model:/models/reader/1 -e MODEL_NAME=reader tensorflow/serving
    echo '{"inputs": {"input": {"b64": "'$(base64 -w0 word.png)'"}}}' > asked.json
    curl -d @asked.json http://localhost:8501/v1/models/reader:predict

In Python: tf.saved_model.load("saved_model").signatures["serving_default"](input=tf.constant(png_bytes)).
Transparent images are read without their transparency, and turned photos as they are stored.
"""
_LITERT = """\
The input is uint8 (1, H, W, C), prepared as preprocessing.json says: scaled to the height, the contrast stretched,
dark letters on light, padded to the right with grey 128 to a W that is a multiple of `multiple`. The output is float32
logits (1, T, K); the best class of each frame, equal neighbours melted, the last class left out, gives the text by
characters.txt, a character a line.

    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter("reader.tflite")
    taken, given = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    interpreter.resize_tensor_input(taken, image.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(taken, image)
    interpreter.invoke()
    logits = interpreter.get_tensor(given)

`Preprocessing.prepare` of the Python package glyphlab_read prepares images; it is a page of code, to be carried over.
"""

MODEL_FORMATS: dict[str, ModelFormat] = {
    one.name: one
    for one in (
        ModelFormat(
            "rapidocr",
            "RapidOCR and OnnxTR",
            "Your reader in programs that read with RapidOCR (OCRmyPDF, Docling and others) or OnnxTR, by one path.",
            _RAPIDOCR,
        ),
        ModelFormat("onnx-fp16", "ONNX, fp16 weights", "The same readings from half the file.", _AS_A_BUNDLE),
        ModelFormat(
            "onnx-int8",
            "ONNX, int8",
            "A quarter of the file; given out only where it is faster here and reads at most 1 point worse.",
            _AS_A_BUNDLE,
        ),
        ModelFormat(
            "saved-model",
            "TensorFlow SavedModel",
            "For TensorFlow Serving and clients of aocr: image bytes in, prediction and probability out.",
            _SAVED_MODEL,
        ),
        ModelFormat("litert", "LiteRT", "For phones and small devices (TensorFlow Lite).", _LITERT),
    )
}
