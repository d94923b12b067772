"""What the command does with a run or a saved model: `generate`, `evaluate`, `report`."""


def run_generate(arguments):
    """`keras-gans generate`: samples of a saved model as a picture or an array."""
    import pathlib

    import numpy as np

    from keras_gans import evaluation, files, plots

    gan = evaluation.model_of(arguments.model)
    samples = gan.generate(arguments.count, labels=arguments.labels, seed=arguments.seed)
    output = pathlib.Path(arguments.output)
    if output.suffix.lower() == ".npy":
        with files.replacing(output) as temporary, open(temporary, "wb") as file:
            np.save(file, samples)
    elif output.suffix.lower() == ".png":
        plots.save_samples(samples, output)
    else:
        raise ValueError(f"--output {output}: expected a .png or .npy file.")
    print(f"{len(samples)} samples in {output}")
    return 0


def run_report(arguments):
    """`keras-gans report`: a run as a page."""
    from keras_gans.report import report

    print(f"report in {report(arguments.folder, arguments.output)}")
    return 0


def run_evaluate(arguments):
    """`keras-gans evaluate`: scores as a table or as JSON."""
    from keras_gans import evaluation

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
    print(scores.to_json().rstrip() if arguments.json else scores)
    if arguments.output:
        scores.write(arguments.output)
    return 0
