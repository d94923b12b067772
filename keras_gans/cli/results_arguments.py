"""The arguments of the commands that take a trained GAN, and of those that answer at once."""

from keras_gans.cli import completion, results, zoo
from keras_gans.cli.shared_arguments import HANDLE, add_command, add_json, add_seed


def add_all(commands):
    """Every command but train and tune."""
    for add in (add_generate, add_list, add_card, add_verify, add_preset, add_report, add_evaluate, add_completion):
        add(commands)


def add_generate(commands):
    """generate."""
    generate = add_command(
        commands,
        "generate",
        results.run_generate,
        "Draw samples from a pretrained entry, a run or a saved model.",
        "keras-gans generate dcgan_digits -n 64 -o grid.png",
        "keras-gans generate runs/dcgan_digits -n 10000 --seed 1 -o samples.npy",
        "keras-gans generate dense_gan_wine -n 200 -o wine.csv",
    )
    generate.add_argument("source", metavar="MODEL", help=f"run folder, .keras file, or {HANDLE}")
    generate.add_argument(
        "--labels", metavar="CLASS", help="of a conditional GAN: draw this class, by its name or number (default: each)"
    )
    generate.add_argument("-n", "--count", type=int, default=64, metavar="N", help="how many (default 64)")
    add_seed(generate, "of the latents")
    generate.add_argument(
        "-o",
        "--output",
        default="samples.png",
        metavar="FILE",
        help="picture (.png), array (.npy) or table (.csv); default samples.png",
    )
    add_json(generate, "what was written where")


def add_list(commands):
    """list."""
    listed = add_command(
        commands,
        "list",
        zoo.run_list,
        "List the pretrained entries, and recipes without weights.",
        "keras-gans list",
        light=True,
    )
    add_json(listed, "the names")


def add_card(commands):
    """card."""
    card = add_command(
        commands,
        "card",
        zoo.run_card,
        "Show what a pretrained entry is, what it scores and where it comes from.",
        "keras-gans card dcgan_digits",
        summary="show the card of a pretrained entry",
        light=True,
    )
    card.add_argument("entry", metavar="ENTRY", help=HANDLE)
    add_json(card, "config, scores and recipe")


def add_verify(commands):
    """verify."""
    verify = add_command(
        commands,
        "verify",
        zoo.run_verify,
        "Compute every score of a card again from weights and data, and say whether each is within its tolerance. Exit code 1 where one "
        "is not.",
        "keras-gans verify dcgan_digits",
        summary="compute the scores of pretrained entries again",
    )
    verify.add_argument("entries", nargs="*", metavar="ENTRY", help=f"{HANDLE}; none: every name")
    verify.add_argument(
        "--data",
        metavar="DATA",
        help="where the data are now (a file, a folder), where the entry's recipe names another place",
    )
    verify.add_argument("--draws", type=int, metavar="N", help="repeat the first N samplings (default: all)")
    add_json(verify, "every score beside the card's")


def add_preset(commands):
    """preset."""
    preset = add_command(
        commands,
        "preset",
        zoo.run_preset,
        "Write a run's best model as an entry: weights, scores on the test split, card, recipe, hashes; a folder to share.",
        "keras-gans train dcgan --data digits --test 0.5 -o runs/mine; keras-gans preset runs/mine my_digits",
        summary="write a run's best model as an entry",
    )
    preset.add_argument("run", metavar="RUN", help="run folder")
    preset.add_argument("folder", metavar="FOLDER", help="of the entry")
    add_json(preset, "the entry's folder")


def add_report(commands):
    """report."""
    report = add_command(
        commands,
        "report",
        results.run_report,
        "Write a run or a search as one HTML page, its scores and pictures inside; of one that was killed, what there is.",
        "keras-gans report runs/dcgan_digits",
        summary="write a run or a search as one HTML page",
    )
    report.add_argument("folder", metavar="RUN", help="folder of a run or a search")
    report.add_argument("-o", "--output", metavar="FILE", help="the page (default RUN/report.html)")
    add_json(report, "the page's path")


def add_evaluate(commands):
    """evaluate."""
    evaluate = add_command(
        commands,
        "evaluate",
        results.run_evaluate,
        "Score samples against real ones: of a run, a pretrained entry or a saved model, of a file (.npy, .csv), of a folder of images.",
        "keras-gans evaluate runs/dcgan_digits",
        "keras-gans evaluate fakes/ reals/ --extractor inception",
        summary="score a run, a pretrained entry, a saved model, an array or a folder of images",
    )
    evaluate.add_argument(
        "samples",
        metavar="SAMPLES",
        help=f"run folder, .keras file, .npy, .npz, .csv or .tsv file, folder of images, or {HANDLE}",
    )
    evaluate.add_argument(
        "reference",
        nargs="?",
        metavar="REFERENCE",
        help="real samples: an embedded data set's name, file, folder, or npz of statistics (default: the data set of the run or the entry)",
    )
    evaluate.add_argument(
        "--metrics", nargs="+", metavar="NAME", help="fid is kid prdc ms_ssim nearest modes discriminative untrained ..."
    )
    evaluate.add_argument("--extractor", default="auto", help="auto, digits, glyphs, inception, raw, or a stored one's path")
    evaluate.add_argument("-n", "--count", type=int, default=2000, metavar="N", help="how many a model draws (default 2000)")
    evaluate.add_argument("--train", metavar="SAMPLES", help="training samples, for the memorisation check 'nearest'")
    evaluate.add_argument("--image-size", type=int, metavar="N", help="read folders at N x N")
    evaluate.add_argument(
        "--value-range", type=float, nargs=2, metavar=("LOW", "HIGH"), help="black and white in float arrays (default -1 1)"
    )
    add_seed(evaluate, "of latents, shuffles and subsets")
    evaluate.add_argument("-o", "--output", metavar="FILE", help="write the JSON to a file as well")
    add_json(evaluate, "the scores")


def add_completion(commands):
    """completion."""
    command = add_command(
        commands,
        "completion",
        completion.run_completion,
        "Print a script with which the shell completes commands, options, architectures, entries and data sets.",
        'eval "$(keras-gans completion bash)"',
        "keras-gans completion zsh > ~/.zfunc/_keras-gans",
        summary="print a script with which bash or zsh completes this command",
        light=True,
    )
    command.add_argument("shell", choices=completion.SHELLS, help="bash or zsh")
