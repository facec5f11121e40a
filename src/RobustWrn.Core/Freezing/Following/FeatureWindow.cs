namespace RobustWrn.Core;

/// <summary>Where features change: a rectangle of one size, for each image at a place of its own.</summary>
internal readonly record struct FeatureWindow(Interval Rows, Interval Columns)
{
    /// <summary>How many features it has in a channel.</summary>
    public int Area => Rows.Length * Columns.Length;

    public static FeatureWindow Whole(int images, FeatureSize size) => new(Interval.Whole(images, size.Height), Interval.Whole(images, size.Width));
}

/// <summary>Height and width of a feature map.</summary>
internal readonly record struct FeatureSize(int Height, int Width)
{
    public int Area => Height * Width;
}

/// <summary>Zeros around a feature map.</summary>
internal readonly record struct FeaturePadding(int Before, int After, int Above, int Below)
{
    /// <summary>As many as either has.</summary>
    public FeaturePadding Or(FeaturePadding other) =>
        new(Math.Max(Before, other.Before), Math.Max(After, other.After), Math.Max(Above, other.Above), Math.Max(Below, other.Below));
}
