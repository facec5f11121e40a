namespace RobustWrn.Core.Tests;

public class Cifar100Tests
{
    [Fact]
    public void From_Folder_TakesTheClassAndNotTheSuperclass()
    {
        using CifarFiles files = new();
        files.Write("train.bin", [.. CifarFiles.Record([4, 0], 0), .. CifarFiles.Record([1, 1], 1), .. CifarFiles.Record([19, 99], 2)]);
        files.Write("test.bin", CifarFiles.Record([0, 72], 3));

        using DatasetSplits splits = Cifar100.From(files.Folder, holdOut: 1);
        using InMemoryImages train = Cifar100.ReadTraining(files.Folder);

        Assert.Equal((2, 1, 1), (splits.Training.Train.Count, splits.Training.Validation.Count, splits.Test.Count));
        Assert.Equal([0, 1, 99], ((IImageSource)train).ReadLabels());
        using ImageBatch batch = train.Read([2]);
        Assert.Equal(Enumerable.Range(2, 3_072).Select(i => (byte)i / 255f), batch.Images.data<float>().ToArray());
    }

    [Fact]
    public void ClassNames_All_AreAHundredInAlphabeticalOrder()
    {
        Assert.Equal(100, Cifar100.ClassNames.Count);
        Assert.Equal(Cifar100.ClassNames.Order(StringComparer.Ordinal), Cifar100.ClassNames);
        Assert.Equal(100, Cifar100.ClassNames.Distinct().Count());
    }

    [Theory]
    [InlineData(20, 5, "the superclass of record 0 must be in [0, 20), got 20.")]
    [InlineData(0, 100, "the class of record 0 must be in [0, 100), got 100.")]
    public void ReadTest_LabelOutOfRange_NamesWhichRecordAndValue(byte superclass, byte label, string expected)
    {
        using CifarFiles files = new();
        files.Write("test.bin", CifarFiles.Record([superclass, label], 0));

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => Cifar100.ReadTest(files.Folder)).Message);
    }

    [Fact]
    public void ReadTest_FileOfCifar10Records_IsRefused()
    {
        using CifarFiles files = new();
        files.Write("test.bin", CifarFiles.Record([1], 0));

        Assert.Contains("must hold a whole number of CIFAR-100 records of 3074 bytes, at least one, got 3073 bytes",
            Assert.Throws<InvalidDataException>(() => Cifar100.ReadTest(files.Folder)).Message);
    }
}
