namespace RobustWrn.Core;

/// <summary>What a number of a normalisation is.</summary>
internal enum ConstantKind
{
    Mean,
    Deviation,
    Variance,
    InverseDeviation,
}

/// <summary>
/// Names of constants that code takes off pixels and divides them by, in front of a network: <c>mean</c> and <c>std</c>, <c>mu</c> and
/// <c>sigma</c>, <c>normalize.mean</c>, <c>0.mean</c>, <c>normalizer.new_mean</c> (the robustness library of Engstrom et al. 2019),
/// <c>pixel_mean</c>, <c>mean_cuda</c>.
/// </summary>
/// <param name="Kind">Which of the constants it is.</param>
/// <param name="Group">What it shares with the others of the same normalisation: the path, and the words around.</param>
internal readonly record struct ConstantName(ConstantKind Kind, string Group)
{
    private static readonly (string Word, ConstantKind Kind)[] Words =
    [
        ("mean", ConstantKind.Mean), ("means", ConstantKind.Mean), ("mu", ConstantKind.Mean),
        ("std", ConstantKind.Deviation), ("stds", ConstantKind.Deviation), ("stdev", ConstantKind.Deviation),
            ("stddev", ConstantKind.Deviation), ("sigma", ConstantKind.Deviation),
        ("var", ConstantKind.Variance), ("variance", ConstantKind.Variance),
        ("istd", ConstantKind.InverseDeviation), ("invstd", ConstantKind.InverseDeviation), ("rstd", ConstantKind.InverseDeviation),
    ];

    // Words that may stand around; "running", "weight" and others make it the name of something else.
    private static readonly string[] Around =
        ["", "new", "the", "pixel", "pixels", "image", "images", "img", "input", "inputs", "data", "dataset", "norm", "normalize",
            "normalization", "channel", "rgb", "cuda", "tensor", "buffer", "x",
            "cifar", "cifar10", "cifar100", "svhn", "mnist", "imagenet"];

    /// <summary>The constant of a name; null for the name of something else.</summary>
    public static ConstantName? Of(string name)
    {
        int dot = name.LastIndexOf('.');
        string[] parts = name[(dot + 1)..].ToLowerInvariant().Split('_');
        (string Word, ConstantKind Kind)[] found = [.. parts.Join(Words, part => part, word => word.Word, (_, word) => word)];
        // std_dev is one word; inv_std and std_inv are 1 / std.
        bool inverse = parts.Contains("inv") || parts.Contains("inverse");
        string[] rest =
            [.. parts.Where(part => part is not ("inv" or "inverse" or "dev") && !Array.Exists(Words, word => word.Word == part))];
        if (found.Length != 1 || !rest.All(Around.Contains) || (inverse && found[0].Kind != ConstantKind.Deviation))
            return null;
        return new ConstantName(inverse ? ConstantKind.InverseDeviation : found[0].Kind, name[..(dot + 1)]
            + string.Join('_', rest.Where(part => part.Length > 0)));
    }
}
