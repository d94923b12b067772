"""What the command does with a run or a saved model: `generate`, `evaluate`, `report`."""

from keras_gans.cli.answer import Answer


def run_generate(arguments):
    """`keras-gans generate`: samples of a saved model as a picture, an array or a table."""
    import pathlib

    import numpy as np

    from keras_gans import evaluation, files, plots
    from keras_gans.data.file import table_text

    output = pathlib.Path(arguments.output)
    kind = output.suffix.lower()
    if kind not in (".npy", ".png", ".csv"):  # before the samples are drawn
        raise ValueError(f"--output {output}: expected a .png, .npy or .csv file.")
    files.check_place(output)
    gan = evaluation.model_of(arguments.source)
    classes, features = evaluation.names_of_run(arguments.source)
    if kind == ".csv" and len(gan.sample_shape) != 1:
        raise ValueError(f"--output {output}: a table is of vectors, and these are {gan.sample_shape}. Write a .npy file.")
    samples = gan.generate(arguments.count, labels=class_of(arguments.labels, classes), seed=arguments.seed)
    if kind == ".png":
        plots.save_samples(samples, output, features)
    elif kind == ".csv":
        files.write_text(output, table_text(samples, features))
    else:
        with files.replacing(output) as temporary, open(temporary, "wb") as file:
            np.save(file, samples)
    shown = plots.samples.count_shown(samples.shape) if kind == ".png" else len(samples)
    text = (
        f"{len(samples)} samples in {output}" if shown == len(samples) else f"{shown} of {len(samples)} samples in {output}"
    )
    return Answer(text, {"samples": shown, "file": str(output)})


def class_of(word, names):
    """The number of the class that a word names: a name of the data's classes, or a number."""
    from keras_gans.errors import unknown

    if word is None:
        return None
    if word in (names or ()):
        return names.index(word)
    numbered = any(name.isdecimal() for name in names or ())  # then a number is a name, never a place
    if numbered or not word.isdecimal():
        raise ValueError(f"--labels: {unknown('class', word, names or ['a number from 0'])}")
    return int(word)


def run_report(arguments):
    """`keras-gans report`: a run as a page."""
    from keras_gans.report import report

    page = report(arguments.folder, arguments.output)
    return Answer(f"report in {page}", {"report": str(page)})


def run_evaluate(arguments):
    """`keras-gans evaluate`: scores as a table or as JSON."""
    from keras_gans import evaluation, files

    if arguments.output:
        files.check_place(arguments.output)
    scores = evaluation.evaluate(
        arguments.samples,
        arguments.reference,
        arguments.metrics,
        extractor=arguments.extractor,
        num_samples=arguments.count,
        train=arguments.train,
        value_range=arguments.value_range,
        image_size=arguments.image_size,
        seed=arguments.seed,
    )
    text = str(scores)
    if arguments.output:
        scores.write(arguments.output)
        text += f"\nscores in {arguments.output}"
        if arguments.json:
            print(f"scores in {arguments.output}")  # on standard error
    return Answer(text, scores.document())
