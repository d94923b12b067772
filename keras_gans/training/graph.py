"""The inside of a network made as `keras.Model(inputs, outputs)` or `keras.Sequential`: its tensors, and parts of it as models that share
its layers."""

import keras


def inside(network):
    """The functional model that a network is, or that a Sequential has inside.

    Raises:
        ValueError: a network with a `call` of its own, whose inside Keras does not know.
    """
    network = network._functional if isinstance(network, keras.Sequential) else network
    if not hasattr(network, "_nodes_by_depth"):
        raise ValueError(
            f"{network.name} is a {type(network).__name__} with a call of its own, so that nothing can be put into or beside it. "
            "Make it as keras.Model(inputs, outputs) or keras.Sequential."
        )
    return network


def nodes(network):
    """(operation, tensors in, tensors out) of every call inside a network, from its inputs to its outputs."""
    depths = inside(network)._nodes_by_depth
    found = [node for depth in sorted(depths, reverse=True) for node in depths[depth]]
    return [(node.operation, node.input_tensors, node.output_tensors) for node in found if node.input_tensors]


def whole(network):
    """(its first input, a list of the others, its outputs as a list)"""
    network = inside(network)
    first, *others = keras.tree.flatten(network.inputs)
    return first, others, keras.tree.flatten(network.outputs)


def features(network):
    """The tensor that goes into the last layer with weights on the way to a network's first output."""
    made_by = {id(out): (operation, taken) for operation, taken, given in nodes(network) for out in given}
    waiting = [whole(network)[2][0]]
    while waiting:
        operation, taken = made_by.get(id(waiting.pop(0)), (None, []))
        if isinstance(operation, keras.Model):
            raise ValueError(f"{network.name} ends in a model inside the model ({operation.name}). Use its layers instead.")
        if getattr(operation, "weights", None) and len(taken) == 1:
            return taken[0]
        waiting.extend(taken)
    raise ValueError(f"{network.name} has no layer with weights before its output.")


def dressed(layer, network):
    """A new layer for a network: spectrally normalised where the network's own layers are, else as it is."""
    for own in network._flatten_layers():
        if type(own).__name__ == "SpectralNormalization":  # Keras's, or the one of `layers`
            return type(own)(layer, name=layer.name, dtype=layer.dtype_policy)
    return layer


def cuts(network):
    """Tensors through which everything passes on the way from the first input to the outputs, in order."""
    first, others, outputs = whole(network)
    made_of = {id(out): taken for _, taken, given in nodes(network) for out in given}
    found = []
    for _, _, given in nodes(network):
        if len(given) == 1 and not any(given[0] is out for out in outputs) and leads([given[0], *others], outputs, made_of):
            found.append(given[0])
    return [tensor for tensor in found if not any(tensor is other for other in others)]


def leads(tensors, outputs, made_of):
    """Whether the outputs follow from these tensors alone. `made_of`: {id of a tensor: those that its operation took}."""
    known, waiting = {id(tensor) for tensor in tensors}, list(outputs)
    while waiting:
        one = waiting.pop()
        if id(one) in known:
            continue
        if id(one) not in made_of:  # another input
            return False
        known.add(id(one))
        waiting.extend(made_of[id(one)])
    return True
