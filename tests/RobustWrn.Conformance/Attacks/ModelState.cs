using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Attacks;

/// <summary>Flags, parameters, gradients and buffers of a model at one moment.</summary>
internal sealed class ModelState : IDisposable
{
    private readonly nn.Module _model;
    private readonly bool[] _training, _requiresGrad;
    private readonly Tensor[] _parameters, _buffers;
    private readonly Tensor?[] _gradients;

    public ModelState(nn.Module model)
    {
        using IDisposable guard = no_grad();
        _model = model;
        _training = Training();
        _requiresGrad = [.. model.parameters().Select(parameter => parameter.requires_grad)];
        _parameters = [.. model.parameters().Select(Copy)];
        _buffers = [.. model.buffers().Select(Copy)];
        _gradients = [.. model.parameters().Select(parameter => parameter.grad is { } gradient ? Copy(gradient) : null)];
        Assert.Contains(true, _training);
        Assert.Contains(false, _training);
    }

    public void AssertUnchanged()
    {
        Assert.Equal(_training, Training());
        Assert.Equal(_requiresGrad, _model.parameters().Select(parameter => parameter.requires_grad));
        foreach ((Tensor copy, Parameter parameter) in _parameters.Zip(_model.parameters()))
            Assert.True(Same(copy, parameter), "a parameter changed");
        foreach ((Tensor copy, Tensor buffer) in _buffers.Zip(_model.buffers()))
            Assert.True(Same(copy, buffer), "a buffer changed");
        foreach ((Tensor? copy, Parameter parameter) in _gradients.Zip(_model.parameters()))
            Assert.True(copy is null ? parameter.grad is null : Same(copy, parameter.grad!), "the gradient of a parameter changed");
    }

    public void Dispose()
    {
        foreach (Tensor? tensor in (Tensor?[])[.. _parameters, .. _buffers, .. _gradients])
            tensor?.Dispose();
    }

    private bool[] Training() => [.. _model.modules().Prepend(_model).Select(module => module.training)];

    private static Tensor Copy(Tensor tensor) => tensor.detach().clone().DetachFromDisposeScope();

    private static bool Same(Tensor one, Tensor other)
    {
        using DisposeScope scope = NewDisposeScope();
        return one.eq(other).all().item<bool>();
    }
}
