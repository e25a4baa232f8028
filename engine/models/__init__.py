"""Networks: encoders × decoders, composed freely, in Keras 3 without a word of any backend.

One network a file. How a network learns is engine.training's affair, how it leaves the house engine.export's.
"""
