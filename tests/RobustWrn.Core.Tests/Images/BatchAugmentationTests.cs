using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class BatchAugmentationTests
{
    private static readonly RandomStream Noise = RandomStream.From(5).For("augmentation").At(3);

    public static TheoryData<IBatchAugmentation> All() =>
        new(DescriptionTypes.Implementing(typeof(IBatchAugmentation)).Values.Select(type => (IBatchAugmentation)Activator.CreateInstance(type)!));

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_OtherOrderOfTheSameExamples_GivesEachTheSame(IBatchAugmentation augmentation)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor images, Tensor labels, long[] ids) = Batch(12);
        Tensor order = tensor(RandomStream.From(9).Permutation(12));

        MixedBatch whole = augmentation.Apply(images, labels, Noise, ids);
        MixedBatch turned = augmentation.Apply(
            images.index_select(0, order), labels.index_select(0, order), Noise, [.. order.data<long>().ToArray().Select(i => ids[i])]);

        Assert.True(whole.Images.index_select(0, order).Equals(turned.Images));
        Assert.True(whole.Labels.Second.index_select(0, order).Equals(turned.Labels.Second));
        Assert.True(whole.Labels.Share.index_select(0, order).Equals(turned.Labels.Share));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_OtherBatch_KeepsTheShareOfAnExample(IBatchAugmentation augmentation)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor images, Tensor labels, long[] ids) = Batch(12);

        MixedBatch whole = augmentation.Apply(images, labels, Noise, ids);
        MixedBatch some = augmentation.Apply(images.narrow(0, 3, 4), labels.narrow(0, 3, 4), Noise, ids.AsSpan(3, 4));

        Assert.True(whole.Labels.Share.narrow(0, 3, 4).Equals(some.Labels.Share));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_LabelsAsPixels_MixesBothAlike(IBatchAugmentation augmentation)
    {
        using DisposeScope scope = NewDisposeScope();
        (_, Tensor labels, long[] ids) = Batch(40);
        // Every pixel is its label, so the mean of a mixed image is the mean of its mixed label.
        Tensor images = labels.to(ScalarType.Float32).Over(10).view(-1, 1, 1, 1).expand(40, 3, 10, 14);

        MixedBatch mixed = augmentation.Apply(images, labels, Noise, ids);

        Tensor expected = mixed.Labels.Weigh(classes => classes.to(ScalarType.Float64).Over(10));
        Assert.InRange(mixed.Images.to(ScalarType.Float64).mean([1, 2, 3]).sub(expected).abs().max().Number(), 0, 1e-6);
        Assert.True(mixed.Labels.First.Equals(labels));
        Assert.True(mixed.Labels.Share.IsBelow(1).any().item<bool>());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_Bytes_EqualsFloatsRounded(IBatchAugmentation augmentation)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor images, Tensor labels, long[] ids) = Batch(12);
        Tensor bytes = images.Times(255.0).to(ScalarType.Byte);

        Tensor changed = augmentation.Apply(bytes, labels, Noise, ids).Images;

        Tensor floats = augmentation.Apply(bytes.to(ScalarType.Float32).Over(255), labels, Noise, ids).Images.Times(255.0);
        Assert.Equal(ScalarType.Byte, changed.dtype);
        Assert.InRange(floats.sub(changed.to(ScalarType.Float32)).abs().max().Number(), 0, 0.501);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_Batch_KeepsItsInputsAndLeaksNothing(IBatchAugmentation augmentation)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor images, Tensor labels, long[] ids) = Batch(12);
        (Tensor imagesBefore, Tensor labelsBefore) = (images.clone(), labels.clone());
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        augmentation.Apply(images, labels, Noise, ids).Dispose();

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.True(images.Equals(imagesBefore) && labels.Equals(labelsBefore));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_OneImage_StaysAsItIs(IBatchAugmentation augmentation)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor images, Tensor labels, long[] ids) = Batch(1);

        MixedBatch mixed = augmentation.Apply(images, labels, Noise, ids);

        Assert.InRange(images.sub(mixed.Images).abs().max().Number(), 0, 1e-6);
        Assert.True(mixed.Labels.Second.Equals(labels));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Apply_LabelsOfAnotherType_AreRefused(IBatchAugmentation augmentation)
    {
        using DisposeScope scope = NewDisposeScope();

        Assert.StartsWith("labels must be int64 of shape (N), one for each of the 2 images, got Float32 (2).",
            Assert.Throws<ArgumentException>(() => augmentation.Apply(zeros(2, 3, 4, 4), zeros(2), Noise, [0, 1])).Message);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Json_RoundTrip_GivesTheSame(IBatchAugmentation augmentation) =>
        Assert.Equal(augmentation, DescriptionJson.Read<IBatchAugmentation>(DescriptionJson.Write(augmentation)));

    [Theory]
    [InlineData(0.2, 1 / (4 * (2 * 0.2 + 1)))]
    [InlineData(1.0, 1 / 12.0)]
    [InlineData(3.0, 1 / 28.0)]
    public void MixUp_ManyShares_HaveTheMomentsOfTheBetaDistribution(double alpha, double variance)
    {
        using DisposeScope scope = NewDisposeScope();
        const int Count = 4_000;
        long[] ids = [.. Enumerable.Range(0, Count).Select(i => (long)i)];

        Tensor shares = new MixUp { Alpha = alpha }.Apply(zeros(Count, 1, 1, 1), zeros([Count], ScalarType.Int64), Noise, ids).Labels.Share;

        Assert.InRange(shares.mean().Number(), 0.47, 0.53);
        Assert.InRange(shares.var().Number(), 0.93 * variance, 1.07 * variance);
    }

    [Fact]
    public void CutMix_Images_HoldOneRectangleOfTheirPartner()
    {
        using DisposeScope scope = NewDisposeScope();
        (_, _, long[] ids) = Batch(60);
        Tensor numbers = ScalarArithmetic.Counting(60), images = numbers.to(ScalarType.Float32).Over(60).view(-1, 1, 1, 1).expand(60, 1, 8, 10);

        // The label of an image is its number, so Second names the partner.
        MixedBatch mixed = new CutMix { Probability = 1 }.Apply(images, numbers, Noise, ids);

        long[] partners = mixed.Labels.Second.data<long>().ToArray();
        for (int i = 0; i < 60; i++)
        {
            Tensor own = mixed.Images[i].eq(images[i]), other = mixed.Images[i].eq(images[partners[i]]);
            Assert.NotEqual(i, partners[i]);
            Assert.True(own.logical_or(other).all().item<bool>());
            Assert.Equal(mixed.Labels.Share[i].Number(), own.sum().WholeNumber() / 80.0, 6);
            Tensor box = other.squeeze(0);
            Assert.Equal(other.sum().WholeNumber(), box.any(1).sum().WholeNumber() * box.any(0).sum().WholeNumber());
        }
        Assert.Equal(60, partners.Distinct().Count());
    }

    [Fact]
    public void CutMix_ProbabilityAHalf_LeavesHalfOfTheImagesAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor images, Tensor labels, long[] ids) = Batch(1_000);

        Tensor alone = new CutMix().Apply(images, labels, Noise, ids).Labels.Share.IsEqualTo(1);

        Assert.InRange(alone.sum().WholeNumber(), 440, 620);
    }

    [Fact]
    public void MixedLabels_CrossEntropy_EqualsThatOfTheDistribution()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = randn(5, 4, ScalarType.Float64);
        using MixedLabels labels = new(tensor(new long[] { 0, 1, 2, 3, 3 }), tensor(new long[] { 1, 1, 0, 2, 0 }), tensor(new[] { 0.25f, 0.5f, 1f, 0f, 0.75f }));

        foreach (double smoothing in new[] { 0, 0.1 })
        {
            Tensor weighed = labels.Weigh(classes => nn.functional.cross_entropy(logits, classes, reduction: nn.Reduction.None, label_smoothing: smoothing));
            Tensor soft = nn.functional.cross_entropy(logits, labels.Distribution(4, ScalarType.Float64), reduction: nn.Reduction.None, label_smoothing: smoothing);
            Assert.InRange(weighed.sub(soft).abs().max().Number(), 0, 1e-12);
        }
        Assert.Equal([1, 1, 2, 2, 3], labels.Dominant().data<long>().ToArray());
    }

    private static (Tensor Images, Tensor Labels, long[] Ids) Batch(int count)
    {
        long[] ids = [.. Enumerable.Range(0, count).Select(i => 7L * i + 3)];
        return (RandomStream.From(1).Uniform(ids, [3, 8, 8]), ScalarArithmetic.Counting(count).Modulo(10), ids);
    }
}
