"""Gradients on TensorFlow."""

import contextlib
import functools
import gc

import keras
import tensorflow as tf
from tensorflow.python.data.ops import multi_device_iterator_ops
from tensorflow.python.framework import ops as framework

from keras_gans.backend.cluster import jobs, meet, workers

MANY_STEPS = 64  # in one call, for networks whose step costs less than the call
MIDDLE = (256, 16384)  # entries of a weight for which ResourceApplyAdam wakes all of a CPU's threads at more than they save
COMPILE = False  # XLA was slower on a CPU for every network measured (benchmarks/train_step.py)


@contextlib.contextmanager
def forgetting():
    """For models that are thrown away after the block. TensorFlow registers each custom gradient that it traces for good, and keeps its
    graph alive with it (17 MiB for each small DCGAN): those of the block are taken out again."""
    gradients = framework.gradient_registry._registry
    before = set(gradients)
    try:
        yield
    finally:
        for name in [name for name in gradients if name not in before and name.startswith("CustomGradient-")]:
            del gradients[name]
        keras.backend.clear_session()
        gc.collect()


def vjp(network, inputs):
    """Run a network in training mode and keep its pull-back.

    Args:
        network: keras.Model.
        inputs: its input, (batch, ...).

    Returns:
        outputs: what the network gives, (batch, ...).
        pull: function of `(cotangent, scale)`: the gradients with respect to the network's trainable weights of
            sum(outputs * cotangent) + scale * (the network's own weight penalties). To be called once.
    """
    with tf.GradientTape() as tape:
        outputs = network(inputs, training=True)
        penalties = [tf.add_n(network.losses)] if network.losses else []

    def pull(cotangent, scale=1.0):
        return tape.gradient(
            [outputs, *penalties],
            network.trainable_weights,
            output_gradients=[cotangent] + [tf.cast(scale, p.dtype) for p in penalties],
        )

    return outputs, pull


def gradient(function, network):
    """Value and gradient with respect to one network's weights.

    Args:
        function: takes nothing, returns `(scalar, aux)`.
        network: keras.Model that `function` runs.

    Returns:
        scalar, aux, list of gradients in the order of `network.trainable_weights`.
    """
    with tf.GradientTape() as tape:
        value, aux = function()
    return value, aux, tape.gradient(value, network.trainable_weights)


def input_gradient(function, inputs):
    """Value and gradient with respect to an input.

    Args:
        function: takes a tensor, returns `(scalar, aux)`.
        inputs: the tensor, (batch, ...).

    Returns:
        scalar, aux, gradient of the scalar, (batch, ...).
    """
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        value, aux = function(inputs)
    return value, aux, tape.gradient(value, inputs)


def kinked(x, slope):
    """max(x, slope * x), slope in [0, 1): a LeakyReLU, whose second derivative is none instead of zeros that go on backwards."""

    @tf.custom_gradient
    def run(x):
        def gradient(upstream):
            side = tf.stop_gradient(out)  # has the input's sign
            return tf.raw_ops.LeakyReluGrad(gradients=upstream, features=side, alpha=slope)

        out = tf.nn.leaky_relu(x, slope) if slope else tf.nn.relu(x)
        return out, gradient

    return run(x)


def batch_normalise(x, scale, offset, epsilon):
    """float32 images (batch, height, width, channels) with each channel's mean and deviation taken out, times `scale`, plus `offset`
    (channels,); and the batch's mean and (biased) variance, without gradients."""
    out, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=x, scale=scale, offset=offset, mean=[], variance=[], epsilon=epsilon, is_training=True
    )
    count = tf.cast(tf.size(x) // tf.shape(x)[-1], tf.float32)
    variance = variance * (count - 1.0) / count  # the kernel's is unbiased
    return out, tf.stop_gradient(mean), tf.stop_gradient(variance)


def when(condition, function, count):
    """What `function()` gives where a condition holds; zeros, and nothing assigned, where it does not.

    Args:
        condition: boolean scalar tensor.
        function: takes nothing, returns `count` float32 scalars; may assign variables.
    """
    return tf.cond(condition, function, lambda: [tf.zeros(())] * count)


def apply(optimizer, gradients, network):
    """One update of a network's weights by its own optimizer. Replicas sum their gradients first, so that a loss scale and clipping see
    those of the whole batch, and each replica then updates its own copy of every weight alike."""
    if replicas() > 1:
        there = [gradient for gradient in gradients if gradient is not None]
        summed = iter(tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, there))
        gradients = [None if gradient is None else next(summed) for gradient in gradients]
        getattr(optimizer, "inner_optimizer", optimizer)._all_reduce_sum_gradients = list  # Keras would sum them again
    if not is_plain_adam(optimizer, gradients, network.trainable_variables):
        optimizer.apply(gradients, network.trainable_weights)
        return
    shared = tf.distribute.has_strategy()
    rate, beta_1, beta_2, epsilon = optimizer.learning_rate, optimizer.beta_1, optimizer.beta_2, optimizer.epsilon
    step = tf.cast(optimizer.iterations + 1, tf.float32)
    powers = {"beta1_power": tf.pow(tf.constant(beta_1, tf.float32), step)}
    powers["beta2_power"] = tf.pow(tf.constant(beta_2, tf.float32), step)
    corrected = rate * tf.sqrt(1.0 - powers["beta2_power"]) / (1.0 - powers["beta1_power"])
    slots = zip(network.trainable_variables, optimizer._momentums, optimizer._velocities, gradients)
    for *variables, gradient in slots:
        weight, momentum, velocity = (variable.value for variable in variables)
        middle = MIDDLE[0] <= weight.shape.num_elements() < MIDDLE[1]
        if middle and not has_accelerator() and not shared:
            m = momentum.assign_add((gradient - momentum) * (1.0 - beta_1), read_value=True)
            v = velocity.assign_add((tf.square(gradient) - velocity) * (1.0 - beta_2), read_value=True)
            weight.assign_sub(corrected * m / (tf.sqrt(v) + epsilon), read_value=False)
        else:
            handles = {"var": weight.handle, "m": momentum.handle, "v": velocity.handle}
            settings = {"lr": rate, "beta1": beta_1, "beta2": beta_2, "epsilon": epsilon}
            tf.raw_ops.ResourceApplyAdam(**handles, **settings, **powers, grad=gradient)
    optimizer.iterations.assign_add(1)


def is_plain_adam(optimizer, gradients, weights):
    """Whether this optimizer's update is Adam's and nothing else: then TensorFlow has one kernel for what takes Keras a dozen
    operations and passes over memory for each weight."""
    plain = type(optimizer) is keras.optimizers.Adam and not optimizer.amsgrad and not optimizer.use_ema
    plain = plain and list(map(id, weights)) == list(map(id, optimizer._trainable_variables))  # none frozen since
    clips = (optimizer.clipnorm, optimizer.clipvalue, optimizer.global_clipnorm, optimizer.weight_decay)
    extras = (*clips, optimizer.loss_scale_factor, optimizer.gradient_accumulation_steps)
    dense = all(isinstance(gradient, tf.Tensor) and gradient.dtype == tf.float32 for gradient in gradients)
    constrained = any(getattr(variable, "constraint", None) for variable in optimizer._trainable_variables)
    stateful = all(isinstance(v.value, tf.Variable) for v in optimizer._trainable_variables)
    return plain and dense and stateful and not constrained and not any(extras)


def without_updates():
    """A context that runs with the current values of everything and forgets what it assigns."""
    return keras.StatelessScope()


def is_loss(error):
    """Whether an error means that another worker is gone."""
    kinds = (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.DeadlineExceededError, tf.errors.CancelledError)
    return isinstance(error, kinds) and workers() is not None


def same_everywhere(model, number):
    """Whether all workers bring the same number."""
    if workers() is None or model.device_count == 1:
        return True

    @tf.function
    def means():
        values = tf.constant([number, number**2], tf.float64)
        return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.MEAN, values)

    strategy = model.distribute_strategy
    mean, square = strategy.experimental_local_results(strategy.run(means))[0].numpy()
    return (square - mean**2) * model.device_count < 0.5


def devices(count, wait=300.0):
    """A context: models made in it are trained by `count` devices of this machine, accelerators where there are any and parts of the CPU
    otherwise; or by all workers that TF_CONFIG names. To be called before anything has run on the CPU.

    Raises:
        ValueError: fewer accelerators than that; too late; a TF_CONFIG that does not name this process.
        TimeoutError, OSError: as in `meet`.
    """
    cluster = workers()
    if jobs() is not None:
        raise ValueError(
            "KERAS_DISTRIBUTION_JOB_ADDRESSES is for KERAS_BACKEND=jax; on TensorFlow workers are named by TF_CONFIG."
        )
    if cluster is not None:
        if count > 1:
            raise ValueError(
                f"{count} devices, and TF_CONFIG, under which each worker takes all GPUs it has. Leave one of them out."
            )
        meet(cluster.addresses, cluster.own, wait)
        return tf.distribute.MultiWorkerMirroredStrategy().scope()
    if count == 1:
        return contextlib.nullcontext()
    kind, there = "GPU", tf.config.list_physical_devices("GPU")
    if there and len(there) < count:
        raise ValueError(f"{count} devices: this machine has {len(there)} GPU(s). Ask for as many, or fewer.")
    if not there:
        kind, (cpu, *_) = "CPU", tf.config.list_physical_devices("CPU")
        try:
            tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * count)
        except RuntimeError as error:
            raise ValueError(
                f"{count} devices: the CPU has to be divided before anything runs on it ({error}). Begin with it."
            ) from None
    return tf.distribute.MirroredStrategy([f"{kind}:{number}" for number in range(count)]).scope()


def scope_of(model):
    """The context in which another model is made for the same devices as this one."""
    return model.distribute_strategy.scope() if model.device_count > 1 else contextlib.nullcontext()


def whole_batches():
    """As in `backend.jax`: nothing is needed here."""
    return contextlib.nullcontext()


def replicas():
    """How many devices share the batch of the step that is being written."""
    context = tf.distribute.get_replica_context()
    return 1 if context is None else context.num_replicas_in_sync


def mean_of_replicas(value, count):
    """The mean over the replicas of a scalar that is a mean over `count` samples, without a gradient where there are several replicas."""
    if replicas() == 1:
        return value
    count = tf.cast(count, value.dtype)
    value = tf.where(count > 0, tf.stop_gradient(value) * count, 0.0)  # a replica without samples has NaN
    total, number = tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, [value, count])
    return total / number


def own_rows(draw, count):
    """`draw(n)`, random numbers with n rows, for the `count` samples of this replica: out of those of all replicas' samples, so that
    replicas have different ones, and together those of one device with the whole batch."""
    if replicas() == 1:
        return draw(count)
    context, total, each = tf.distribute.get_replica_context(), replicas() * count, count
    if tf.is_tensor(count):  # a last batch may have fewer for the last replicas
        total = context.all_reduce(tf.distribute.ReduceOp.SUM, count)
        each = (total + replicas() - 1) // replicas()
    first = tf.minimum(context.replica_id_in_sync_group * each, total)
    return draw(total)[first : first + count]


def workers_share():
    """Whether several workers share the step that is being written."""
    strategy = tf.distribute.get_strategy()
    return isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy) and strategy.num_replicas_in_sync > 1


def reducible(logs):
    """Scalars as one array (1, n) where workers share a step: Keras takes the mean of each log over the first axis and all workers."""
    return {"logs": tf.reshape(tf.stack(list(logs.values())), (1, -1))} if workers_share() else logs


def end_at_once():
    """Pipelines to the devices of a strategy without tf.data's autotuner, whose sleeping thread each of them waits for where it ends: for
    a third of an epoch of 100 steps. There is no option for it that a strategy would pass on."""
    make = getattr(multi_device_iterator_ops, "_create_device_dataset", None)
    if make is None or hasattr(make, "__wrapped__"):
        return

    @functools.wraps(make)
    def without_autotuning(*arguments):
        options = tf.data.Options()
        options.autotune.enabled = False
        return make(*arguments).with_options(options)

    multi_device_iterator_ops._create_device_dataset = without_autotuning


class Steps:
    """What Keras's TensorFlow trainer calls, around the step body that every backend shares."""

    @property
    def device_count(self):
        """How many devices share a batch."""
        return self.distribute_strategy.num_replicas_in_sync

    def check_optimizer(self, optimizer):
        """Raises where several devices train with an optimizer whose variables only one of them has."""
        created_in_scope = self.distribute_strategy.extended.variable_created_in_scope
        if self.device_count > 1 and not created_in_scope(optimizer.iterations.value):
            raise ValueError(
                f"{optimizer.name} was not made in the scope of the strategy. Make it inside: with strategy.scope(): ..."
            )

    def check_scope(self):
        """Raises in the scope of another strategy than the one that the model was made in; readies TensorFlow for it otherwise."""
        if not tf.distribute.has_strategy():
            return
        end_at_once()
        if not tf.distribute.get_strategy().extended.variable_created_in_scope(self.steps.value):
            raise ValueError(
                "This model was not made in the scope of this strategy, so that its weights are elsewhere. Make it inside: "
                f"with strategy.scope(): gan = {type(self).__name__}(...)."
            )

    def own_part(self, data):
        """As in `backend.jax`: a strategy gives each worker its samples."""
        return data

    def _maybe_symbolic_build(self, *args, **kwargs):
        """Nothing: a GAN is built when it is made, and Keras would fail on a first batch that replicas cannot share evenly."""

    def train_step(self, data):
        return reducible(self.adversarial_step(data))

    def test_step(self, data):
        return reducible(self.held_out_step(data))

    def _make_function(self, step):
        """As Keras's; what workers have shared as one array are logs again."""
        function = super()._make_function(step)
        with self.distribute_strategy.scope():
            shared = workers_share()
        return (lambda iterator: dict(zip(self.means.names, function(iterator)["logs"].numpy()))) if shared else function

    def make_train_function(self, force=False):
        """With several replicas, where the generator moves at every n_critic-th step, two functions in turn: replicas cannot meet
        inside of a condition of the graph."""
        if self.train_function is not None and not force:
            return
        super().make_train_function(force=True)
        if self.device_count == 1 or self.n_critic == 1:
            return

        def taking(turn):
            return self._make_function(lambda data: reducible(self.adversarial_step(data, turn)))

        with_generator, without = taking(True), taking(False)

        def step(iterator):
            due = (int(self.steps.numpy()) + 1) % self.n_critic == 0
            return (with_generator if due else without)(iterator)

        self.train_function = step

    def predict_on_batch(self, x):
        """As Keras's; several replicas would each draw the whole batch."""
        if self.device_count == 1:
            return super().predict_on_batch(x)
        if self._drawing is None:
            self._drawing = tf.function(lambda x: self(x, training=False))
        return keras.ops.convert_to_numpy(self._drawing(keras.tree.map_structure(tf.convert_to_tensor, x)))

    _drawing = None


def has_accelerator():
    """Whether anything but a CPU does the work."""
    return any(device.device_type != "CPU" for device in tf.config.list_logical_devices())
