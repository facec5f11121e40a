using TorchSharp;

namespace RobustWrn.Core.Tests;

public class Cifar10Tests
{
    [Fact]
    public void ReadTraining_FiveFiles_GivesPlanesAndLabelsInFileOrder()
    {
        using CifarFiles files = CifarFiles.Cifar10();

        using InMemoryImages images = Cifar10.ReadTraining(files.Folder);

        Assert.Equal((50, 3, 32, 32), (images.Count, images.Channels, images.Height, images.Width));
        using ImageBatch batch = images.Read([37]);
        Assert.Equal(7, batch.Labels.item<long>());
        Assert.Equal(Enumerable.Range(37, 3_072).Select(i => (byte)i / 255f), batch.Images.data<float>().ToArray());
    }

    [Fact]
    public void From_Folder_HoldsOutDisjointImages()
    {
        using CifarFiles files = CifarFiles.Cifar10();

        using DatasetSplits splits = Cifar10.From(files.Folder, holdOut: 20);

        Assert.Equal((30, 20, 10), (splits.Training.Train.Count, splits.Training.Validation.Count, splits.Test.Count));
        Assert.Equal("frog", splits.ClassNames[6]);
    }

    [Fact]
    public void From_FolderAboveTheArchivesOwn_ReadsTheSame()
    {
        using CifarFiles files = CifarFiles.Cifar10(), above = new();
        foreach (string file in Directory.GetFiles(files.Folder))
            above.Write(Path.Combine("cifar-10-batches-bin", Path.GetFileName(file)), File.ReadAllBytes(file));

        using DatasetSplits direct = Cifar10.From(files.Folder, holdOut: 10), nested = Cifar10.From(above.Folder, holdOut: 10);

        Assert.Equal(direct.Fingerprint, nested.Fingerprint);
    }

    [Fact]
    public void ReadTest_ThreeRecordsAndNoTrainingFiles_GivesThree()
    {
        using CifarFiles files = new();
        files.Write("test_batch.bin", [.. CifarFiles.Record([3], 0), .. CifarFiles.Record([9], 1), .. CifarFiles.Record([0], 2)]);

        using InMemoryImages images = Cifar10.ReadTest(files.Folder);

        Assert.Equal([3, 9, 0], ((IImageSource)images).ReadLabels());
    }

    [Theory]
    [InlineData(30_729, "got 30729 bytes (9 records and 3072 bytes more)")]
    [InlineData(30_731, "got 30731 bytes (10 records and 1 byte more)")]
    [InlineData(0, "got 0 bytes (it is empty)")]
    public void ReadTest_TruncatedOrOversizedFile_NamesFileSizeRuleAndRemedy(int bytes, string found)
    {
        using CifarFiles files = new();
        string path = files.Write("test_batch.bin", new byte[bytes]);

        InvalidDataException e = Assert.Throws<InvalidDataException>(() => Cifar10.ReadTest(files.Folder));

        Assert.Equal($"{path} must hold a whole number of CIFAR-10 records of 3073 bytes, at least one, {found}. "
            + "The file is truncated, oversized or of another data set: unpack it again.", e.Message);
    }

    [Fact]
    public void From_LabelOutOfRange_NamesFileRecordAndValueAndLeaksNothing()
    {
        using CifarFiles files = CifarFiles.Cifar10();
        string path = files.Write("data_batch_2.bin", [.. CifarFiles.Record([9], 0), .. CifarFiles.Record([10], 0)]);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        InvalidDataException e = Assert.Throws<InvalidDataException>(() => Cifar10.From(files.Folder, holdOut: 5));

        Assert.Equal($"{path}: the label of record 1 must be in [0, 10), got 10. The file is damaged or of another data set: unpack it again.", e.Message);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void From_MissingFiles_NamesAllOfThemAndTheRemedy()
    {
        using CifarFiles files = CifarFiles.Cifar10();
        File.Delete(Path.Combine(files.Folder, "data_batch_3.bin"));
        File.Delete(Path.Combine(files.Folder, "test_batch.bin"));

        FileNotFoundException e = Assert.Throws<FileNotFoundException>(() => Cifar10.From(files.Folder));

        Assert.Contains("but lacks data_batch_3.bin, test_batch.bin.", e.Message);
        Assert.EndsWith("Unpack the CIFAR-10 binary version (https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz) there, or call Cifar10.DownloadAsync.", e.Message);
    }

    [Fact]
    public void From_NoSuchFolder_SaysSo()
    {
        string folder = TestFolder.Missing();

        Assert.StartsWith($"{folder} must be a folder with the files of CIFAR-10, but there is no such folder.",
            Assert.Throws<DirectoryNotFoundException>(() => Cifar10.From(folder)).Message);
    }

    [Fact]
    public void From_HoldOutOfAllImages_IsRefusedAndLeaksNothing()
    {
        using CifarFiles files = CifarFiles.Cifar10();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        InvalidDescriptionException e = Assert.Throws<InvalidDescriptionException>(() => Cifar10.From(files.Folder, holdOut: 50));

        Assert.Contains("must be at least 1 and less than the 50 training images, got 50.", e.Message);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
