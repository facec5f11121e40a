using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Multiply-adds counted from the shapes that really pass through a network's convolutions and linear layers.</summary>
internal static class CountedMultiplyAdds
{
    public static long Of(Classifier classifier, int height, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        classifier.eval();
        long multiplyAdds = 0;
        foreach (ConvolutionLayer layer in classifier.modules().OfType<ConvolutionLayer>())
        {
            layer.register_forward_hook((module, _, output) =>
            {
                multiplyAdds += ((ConvolutionLayer)module).Weight.numel() * output.shape[2] * output.shape[3];
                return output;
            });
        }
        foreach (LinearLayer layer in classifier.modules().OfType<LinearLayer>())
        {
            layer.register_forward_hook((_, input, output) =>
            {
                multiplyAdds += input.shape[1] * output.shape[1];
                return output;
            });
        }
        classifier.call(zeros(1, classifier.Spec.InputChannels, height, width));
        return multiplyAdds;
    }
}
