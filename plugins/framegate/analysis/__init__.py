"""What model.json says about a model before it is run: shapes, parameters, arithmetic, kernels (no TensorFlow).

The contract of this folder, for those that call it:

- **In** goes a parsed ``model.json`` (`framegate.models.topology.ModelJson`), the model's spec, and a size where one is
  asked for. **Out** come frozen values: `inspection.inspect` returns the whole of it, an `inspection.Inspection`.
  `inspection.remarks_on` has only what belongs before a model's figures, `bounds` what is too large for this machine,
  `layer_waits.tfjs_waits` what TF.js would wait for without an end, and `own_layers` which layers are the user's.
- **No heavy library is imported**, nor inside of functions: it answers in a fraction of a second, and where there is no
  TensorFlow.
- **No weight is read.** With ``read_constants=True`` the short integers are that decide on shapes, and nothing else.
- **Nothing of the model is run**, and nothing in the file is trusted: what is malformed ends in a `ModelError` that
  names the file and the place, and what is only unknown is None in the result, never a guess without a mark.
- **Time and memory are bounded** by the size of the file, whatever numbers stand in it.
- **TensorFlow is the oracle, in the tests**: `test_analysis_tensorflow.py` compares the shape of each op with the one
  that TensorFlow infers, and `test_inspect.py` sees to it that nothing heavy is imported.
"""
