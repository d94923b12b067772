"""What the command does with a run or a saved model: `generate`, `evaluate`, `report`."""

from keras_gans.cli.answer import Answer


def run_generate(arguments):
    """`keras-gans generate`: samples of a saved model as a picture or an array."""
    import pathlib

    import numpy as np

    from keras_gans import evaluation, files, plots

    output = pathlib.Path(arguments.output)
    if output.suffix.lower() not in (".npy", ".png"):  # before the samples are drawn
        raise ValueError(f"--output {output}: expected a .png or .npy file.")
    files.check_place(output)
    gan = evaluation.model_of(arguments.source)
    samples = gan.generate(arguments.count, labels=arguments.labels, seed=arguments.seed)
    if output.suffix.lower() == ".npy":
        with files.replacing(output) as temporary, open(temporary, "wb") as file:
            np.save(file, samples)
    else:
        plots.save_samples(samples, output)
    return Answer(f"{len(samples)} samples in {output}", {"samples": len(samples), "file": str(output)})


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
