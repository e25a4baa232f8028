"""Glossary of the field's words as pages and reports use them, in groups, each term told in a sentence or two.

The names of settings are not in it: their help says what they do.
"""

GLOSSARY: dict[str, dict[str, str]] = {
    "Scores of readers": {
        "Word accuracy": "Share of images whose reading equals their text, character by character.",
        "In any case": "Word accuracy with capitals and small letters taken for the same.",
        "Letters and digits": "Word accuracy over these alone, in any case; how photos of words are mostly scored.",
        "CER": "Character error rate: characters to insert, delete or replace until the readings are right, over the "
        "characters of the right texts. 0 % is best; it can pass 100 %.",
        "NED": "Normalised edit distance: the same changes over the longer of both texts, averaged over images.",
        "Points": "Difference of two shares in per cent: from 60 % to 62 % are 2 points.",
        "Perplexity": "Number of characters among which the reader still wavers, on average; 1 is certain.",
    },
    "Scores of locators": {
        "IoU": "Intersection over union: the area that two boxes share over the area that they cover together. A box "
        "counts as found where it is over 0.5.",
        "Precision": "Share of what was found that is text.",
        "Recall": "Share of the text that was found.",
        "H-mean": "Harmonic mean of precision and recall of boxes: high only where both are.",
        "F1": "The same mean, of single pixels.",
        "Text map": "Probability, for each pixel, that it belongs to text.",
        "Kernel": "The middle of a word, shrunk so that neighbours stay apart; boxes are grown from kernels.",
        "Unclip": "How far a kernel is grown to become a box.",
    },
    "What chance does": {
        "95 % interval": "Range that holds the true score in 95 of 100 such tests, each on other images of the kind.",
        "Seed": "Number that all chance of a run, or of a dataset, follows from. Runs that differ in it alone show how "
        "much of a difference is luck.",
        "Mean, sd, n": "Average over the runs of a group, their standard deviation (how far they lie from it), and "
        "how many they are.",
        "McNemar": "Test of two readers on the same images. It counts those that only one of them reads, and tells how "
        "often a fair coin would split them so unevenly.",
        "p value": "How often chance alone brings such a difference or a greater one. Below 0.05 it is called more "
        "than noise.",
        "Holm": "Correction for many tests at once: who looks at twenty differences finds one by luck.",
    },
    "Models elsewhere": {
        "ONNX": "Open Neural Network Exchange: a form of file for networks, which many programs run. All readers and "
        "locators of Glyphlab are kept in it.",
        "fp16, int8": "Numbers of 2 bytes or of 1 in place of 4: smaller files, and where the processor helps, faster.",
        "LiteRT": "The form of TensorFlow's networks for phones and small devices.",
    },
    "Learning": {
        "Run": "One training of one network, with all that it wrote: curves, checkpoints, bundles.",
        "Training, validation, test": "Images that a run learns from, those by which it is watched and its best state "
        "is chosen, and those of the final score, which decide nothing.",
        "Batch": "The images that the network sees in one step.",
        "Step": "One change of the network, after one batch of images.",
        "Epoch": "As many steps as it takes to see each training image once.",
        "Loss": "What training makes small. Of readers, in nats per character: how surprised the network is by the "
        "right text; 0 nats where it was certain of it, 0.7 where it was as good as a coin's toss.",
        "Learning rate": "How far a step changes the network. Too high and it never settles, too low and it crawls.",
        "Overfitting": "Learning the training images by heart: training improves, validation gets worse.",
        "Augmentation": "Random changes of training images (bent, blurred, recoloured), so that none comes twice.",
        "Fine-tuning": "Training that goes on from a network that has learned already.",
        "Checkpoint": "All that a run needs to go on from a step.",
        "Sweep": "Many runs that differ in some settings, as one job, to find the settings that do best.",
        "TPE": "Tree-structured Parzen estimator: a search that tries more often what lies near earlier good runs.",
        "Successive halving": "Early stops of a sweep: at each judgement only the best quarter of the runs goes on; "
        "the others wait, and go on if they come to be among it.",
        "Wilcoxon": "Test of two runs on the same images by how much better or worse each was read. A sweep stops a "
        "run early that is worse than its best beyond chance.",
        "PED-ANOVA": "What tells how much of the score a setting explains: how far its values in the best runs differ "
        "from those in all.",
    },
    "Networks and data": {
        "Encoder": "Part of a reader that turns an image into a row of features, from left to right.",
        "Decoder": "Part that turns these features into text: CTC or attention.",
        "CTC": "Connectionist temporal classification: each column of features votes for a character or for none, and "
        "repeats are merged. Fast; it cannot write more characters than columns.",
        "Attention": "Text is written character by character, each time with a look at where in the image it stands.",
        "LSTM": "Layer that remembers along a row of features, so that letters help to read their neighbours.",
        "Beam": "Several likely texts kept while reading, of which the best wins.",
        "Likely texts": "Texts such as a run learned from. A reader with CTC prefers them where an image leaves a "
        "doubt; how much they count is chosen on the validation images. By the image alone: without them.",
        "Charset": "The characters that a reader can write, and no others.",
        "Starter": "The reader, or the locator, that comes with Glyphlab. A run may go on from it.",
        "Bundle": "All that reading needs in one folder: network, charset, preprocessing and decoder.",
        "Locator": "Network that finds where text stands in a photo.",
        "TRDG": "Text Recognition Data Generator, the library that draws the words.",
        "Recipe": "Settings by which synthetic images are drawn.",
        "Scene": "A photo, drawn or real, with the outlines of its texts.",
        "Crop": "A word or a line that was cut out of a photo.",
        "Transcript": "Images that a reader has read as a job, with the labels that people gave them since.",
        "aocr": "Attention-OCR, a reader of 2017. Presets build its network again; its datasets come in and go out.",
        "hOCR, ALTO, PAGE": "Forms of file for pages that were read: text, its order and its place on the page.",
        "Synthetic": "Drawn by Glyphlab, so that the text of each image is known.",
    },
}
"""Meanings by term, by group. Plain text."""
