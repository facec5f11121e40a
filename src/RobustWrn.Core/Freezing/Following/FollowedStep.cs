using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>One step of a network whose features depend only on features near them: a sum of convolved or plain features of earlier steps, and functions of each sum alone.</summary>
/// <param name="Terms">What is added up, at least one; the first reaches furthest.</param>
/// <param name="Functions">Applied one after the other; each may overwrite what it reads.</param>
/// <param name="Size">Of its features.</param>
internal sealed record FollowedStep(FollowedTerm[] Terms, Func<Tensor, Tensor>[] Functions, FeatureSize Size)
{
    /// <summary>Multiply-adds of one of its positions.</summary>
    public long Work => Terms.Sum(term => term.Folded?.Weight.numel() ?? 0);

    /// <summary>Which of its features change when earlier ones do.</summary>
    /// <param name="windows">Of each earlier step.</param>
    public FeatureWindow Changed(FeatureWindow[] windows)
    {
        FeatureWindow widest = Terms[0].Changed(windows[Terms[0].Input], Size);
        foreach (FollowedTerm term in Terms.AsSpan(1))
        {
            FeatureWindow changed = term.Changed(windows[term.Input], Size);
            widest = changed.Area > widest.Area ? changed : widest;
        }
        return widest;
    }

    /// <summary>Computes a window of its features, (N, C, h, w).</summary>
    /// <param name="buffers">The features of each earlier step.</param>
    /// <param name="window">Which.</param>
    public Tensor Compute(FeatureBuffer[] buffers, FeatureWindow window)
    {
        Tensor features = Terms[0].Compute(buffers, window);
        foreach (FollowedTerm term in Terms.AsSpan(1))
            features = features.PlusInPlace(term.Compute(buffers, window));
        foreach (Func<Tensor, Tensor> function in Functions)
            features = function(features);
        return features;
    }
}

/// <summary>A summand of a step.</summary>
/// <param name="Input">The earlier step it reads.</param>
/// <param name="From">The size of that step's features.</param>
/// <param name="Folded">Its convolution; null for the features as they are.</param>
internal sealed record FollowedTerm(int Input, FeatureSize From, FoldedConvolution? Folded)
{
    private readonly (int Above, int Below) _vertical = Folded?.Padding(From.Height) ?? default;
    private readonly (int Before, int After) _horizontal = Folded?.Padding(From.Width) ?? default;

    /// <summary>Zeros that it reads around its input.</summary>
    public FeaturePadding Padding => new(_horizontal.Before, _horizontal.After, _vertical.Above, _vertical.Below);

    public FeatureWindow Changed(FeatureWindow input, FeatureSize size) => Folded is null ? input : new FeatureWindow(
        input.Rows.Through(Folded.Kernel, Folded.Layer.Stride, _vertical.Above, size.Height),
        input.Columns.Through(Folded.Kernel, Folded.Layer.Stride, _horizontal.Before, size.Width));

    public Tensor Compute(FeatureBuffer[] buffers, FeatureWindow outputs)
    {
        if (Folded is null)
            return buffers[Input].Take(outputs);
        FeatureWindow read = new(
            outputs.Rows.Read(Folded.Kernel, Folded.Layer.Stride, _vertical.Above),
            outputs.Columns.Read(Folded.Kernel, Folded.Layer.Stride, _horizontal.Before));
        return Folded.ApplyPadded(buffers[Input].Take(read));
    }
}
