"""GRU and LSTM layers that are twice as fast as Keras's own where a loop over few cells is written out.

Keras's cells project their input, slice their biases and their states anew at every cell; in training with a gradient penalty each of
those small operations comes back in two backward passes. Here the inputs of all cells are projected at once, and a cell is a product
with its state and what its gates need. Same arguments, weights and results as Keras's layers, up to rounding.
"""

from typing import TYPE_CHECKING

import keras
from keras import ops

if TYPE_CHECKING:
    from keras.layers import RNN as Base  # what stands behind `Lean` in each class
else:
    Base = object


class Lean(Base):
    """The loop: `project` looks at the inputs of all cells at once, `step` at one cell with the `recurrent` weights."""

    def inner_loop(self, sequences, initial_state, mask, training=False):
        cell = self.cell
        special = cell.dropout or cell.recurrent_dropout or not cell.use_bias or not getattr(cell, "reset_after", True)
        if special or not self.unroll or self.go_backwards or mask is not None:
            return super().inner_loop(sequences, initial_state, mask, training=training)
        states, outputs, weights = initial_state, [], self.recurrent()
        for inputs in zip(*(ops.unstack(part, axis=1) for part in self.project(sequences))):
            states = self.step(inputs, states, *weights)
            outputs.append(states[0])
        return outputs[-1], ops.stack(outputs, axis=1) if self.return_sequences else outputs[-1], states


@keras.saving.register_keras_serializable("keras_gans")
class GRU(Lean, keras.layers.GRU):
    """`keras.layers.GRU`, faster where it is unrolled without mask and dropout (Cho et al. 2014, with the reset gate after the
    product)."""

    def biases(self):
        """Of the input (3 * units,) and of the state: both gates (2 * units,) and candidate (units,)."""
        of_input, of_state = ops.unstack(ops.convert_to_tensor(self.cell.bias), axis=0)
        return of_input, *ops.split(of_state, [2 * self.cell.units])

    def project(self, sequences):
        """(batch, steps, n) -> the part of both gates (batch, steps, 2 * units) and of the candidate (batch, steps, units)."""
        of_input, of_gates, _ = self.biases()
        projected = ops.matmul(sequences, ops.convert_to_tensor(self.cell.kernel)) + of_input
        gates, candidate = ops.split(projected, [2 * self.cell.units], axis=-1)
        return gates + of_gates, candidate

    def recurrent(self):
        return ops.convert_to_tensor(self.cell.recurrent_kernel), self.biases()[-1]

    def step(self, inputs, states, kernel, bias):
        gates, candidate = ops.split(ops.matmul(states[0], kernel), [2 * self.cell.units], axis=-1)
        update, reset = ops.split(self.cell.recurrent_activation(inputs[0] + gates), 2, axis=-1)
        new = self.cell.activation(inputs[1] + reset * (candidate + bias))
        return [new + update * (states[0] - new)]


@keras.saving.register_keras_serializable("keras_gans")
class LSTM(Lean, keras.layers.LSTM):
    """`keras.layers.LSTM`, faster where it is unrolled without mask and dropout (Hochreiter and Schmidhuber 1997, with the forget
    gate of Gers et al. 2000)."""

    def project(self, sequences):
        """(batch, steps, n) -> the part of the three gates and the candidate (batch, steps, 4 * units)."""
        kernel, bias = (ops.convert_to_tensor(weight) for weight in (self.cell.kernel, self.cell.bias))
        return (ops.matmul(sequences, kernel) + bias,)

    def recurrent(self):
        return (ops.convert_to_tensor(self.cell.recurrent_kernel),)

    def step(self, inputs, states, kernel):
        gate = self.cell.recurrent_activation
        enter, keep, candidate, leave = ops.split(inputs[0] + ops.matmul(states[0], kernel), 4, axis=-1)
        carry = gate(keep) * states[1] + gate(enter) * self.cell.activation(candidate)
        return [gate(leave) * self.cell.activation(carry), carry]
