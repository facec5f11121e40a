namespace RobustWrn.Core;

/// <summary>A square window for each of several images.</summary>
/// <param name="rows">The first row of each.</param>
/// <param name="columns">The first column of each.</param>
/// <param name="side">The side of all, in pixels.</param>
public sealed class PixelWindow(ValueList<long> rows, ValueList<long> columns, int side)
{
    /// <summary>The first row of each, from 0.</summary>
    public ValueList<long> Rows { get; } = rows;

    /// <summary>The first column of each, from 0.</summary>
    public ValueList<long> Columns { get; } = columns;

    /// <summary>The side of all, in pixels.</summary>
    public int Side { get; } = side;
}
