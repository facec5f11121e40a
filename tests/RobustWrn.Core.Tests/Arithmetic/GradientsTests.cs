using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class GradientsTests
{
    private static readonly RandomStream Stream = RandomStream.From(3).For("gradients");

    [Fact]
    public void Of_SeveralLeaves_GivesTheBitsOfGrad()
    {
        using Classifier classifier = WideResNetSpec.Of(4, [1, 1], [4, 6]).Build(1);
        classifier.train();
        Tensor[] leaves = [.. classifier.parameters(), Stream.Uniform([0, 1], [3, 8, 8]).requires_grad_()];
        Tensor Loss() => nn.functional.cross_entropy(classifier.call(leaves[^1]), tensor([1L, 7L]));

        Tensor?[] gradients = Gradients.Of(Loss(), leaves);

        IList<Tensor> expected = autograd.grad([Loss()], leaves);
        Assert.All(gradients.Zip(expected), pair => Assert.True(pair.First!.bytes.SequenceEqual(pair.Second.bytes)));
    }

    [Fact]
    public void Of_LeafThatIsNotReached_IsNull()
    {
        Tensor reached = ones(2).requires_grad_(), other = ones(2).requires_grad_();

        Tensor?[] gradients = Gradients.Of(reached.sum(), [reached, other]);

        Assert.Equal([1f, 1f], gradients[0]!.data<float>().ToArray());
        Assert.Null(gradients[1]);
        Assert.Throws<InvalidOperationException>(() => Gradients.Of(reached.sum(), other));
    }

    [Fact]
    public void Of_WhatIsAccumulated_StaysAsItWas()
    {
        Tensor leaf = ones(2).requires_grad_();
        leaf.Times(3).sum().backward();

        Tensor gradient = Gradients.Of(leaf.Times(5).sum(), leaf);

        Assert.Equal([5f, 5f], gradient.data<float>().ToArray());
        Assert.Equal([3f, 3f], leaf.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Of_KeptGraph_CanBeAskedAgain()
    {
        Tensor leaf = ones(2).requires_grad_(), value = leaf.Squared().sum();

        Tensor first = Gradients.Of(value, leaf, keepsGraph: true), second = Gradients.Of(value, leaf);

        Assert.Equal(first.data<float>().ToArray(), second.data<float>().ToArray());
    }

    /// <summary>Each of these ended the process.</summary>
    [Fact]
    public void Of_BackwardPassThatFails_Throws()
    {
        Tensor leaf = ones(2).requires_grad_();
        Tensor overwritten = leaf.exp(), value = overwritten.sum();
        overwritten.detach().PlusInPlace(overwritten.detach());
        Tensor twice = leaf.Squared().sum();
        _ = Gradients.Of(twice, leaf);

        Assert.Contains("modified by an inplace operation", Assert.Throws<ExternalException>(() => Gradients.Of(value, leaf)).Message);
        Assert.Contains("backward through the graph a second time", Assert.Throws<ExternalException>(() => Gradients.Of(twice, leaf)).Message);
        Assert.Contains("does not require grad", Assert.Throws<ExternalException>(() => Gradients.Of(leaf.detach().sum(), leaf)).Message);
        Assert.Null(leaf.grad);
    }

    [Fact]
    public void Of_MemoryThatRunsOut_Throws()
    {
        Tensor leaf = ones(1).requires_grad_();
        // The gradient of a selection is an array of all it was selected from: a pebibyte, which no system promises.
        Tensor value = leaf.Times(2).expand(1L << 24, 1L << 24).select(0, 0).select(0, 0);

        ExternalException failed = Assert.Throws<ExternalException>(() => Gradients.Of(value, leaf));

        Assert.Contains("memory", failed.Message);
    }
}
