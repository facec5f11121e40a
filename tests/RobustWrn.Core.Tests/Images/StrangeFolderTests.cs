using System.Diagnostics;

namespace RobustWrn.Core.Tests;

/// <summary>Folders of images as they come from archivers, notebooks, copies and people who mean ill.</summary>
public sealed class StrangeFolderTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();
    private readonly string _elsewhere = TestFolder.Make();

    public StrangeFolderTests()
    {
        foreach (string image in (string[])["train/cat/a.png", "train/cat/b.png", "train/dog/a.png", "train/dog/b.png", "val/cat/a.png",
            "val/dog/a.png"])
            Image(image);
    }

    [Theory]
    [InlineData("train/.ipynb_checkpoints/a.png")]
    [InlineData("train/__MACOSX/cat/a.png")]
    [InlineData("train/.git/x/a.png")]
    [InlineData("train/cat/._a.png")]
    [InlineData("train/cat/.ipynb_checkpoints/a.png")]
    [InlineData("train/cat/Thumbs.db")]
    [InlineData("train/cat/.DS_Store")]
    [InlineData("train/labels.csv")]
    [InlineData("test/images/0.JPEG")]
    public void ReadTraining_WhatIsNoImageOfAClass_ChangesNothing(string extra)
    {
        string before = Training().Fingerprint;
        Image(extra);

        Assert.Equal(before, Training().Fingerprint);
        Assert.Equal(["cat", "dog"], Training().ClassNames);
    }

    [Theory]
    [InlineData("cow", "")]
    [InlineData("cow", "notes.txt")]
    [InlineData("cow", ".hidden.png")]
    public void ReadTraining_ClassWithoutAnImage_IsRefusedBecauseLabelsWouldShift(string name, string file)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "train", name));
        if (file.Length > 0)
            Image($"train/{name}/{file}");

        string message = Refusal();

        Assert.Contains(Path.Combine("train", name), message);
        Assert.Contains("must hold images of its class", message);
    }

    [Fact]
    public void ReadTest_ClassWithoutAFolder_HasNoImages()
    {
        Directory.Delete(Path.Combine(_folder, "val", "cat"), recursive: true);

        Assert.Equal([1L], Test().ReadLabels([0]));
    }

    [Fact]
    public void ReadTest_EmptyClass_IsRefused()
    {
        File.Delete(Path.Combine(_folder, "val", "cat", "a.png"));

        Assert.Contains("must hold images of its class", Assert.Throws<InvalidDataException>(Test).Message);
    }

    [Theory]
    [InlineData("train/cat/loop", ".")]
    [InlineData("train/cat/loop", "..")]
    [InlineData("train/cat/loop", "../dog")]
    [InlineData("train/cat/loop", "/")]
    [InlineData("train/loop", ".")]
    [InlineData("train/loop", "cat")]
    [InlineData("train/loop", "../..")]
    [InlineData("train/loop", "../val/cat")]
    [InlineData("train/cat/c.png", "a.png")]
    [InlineData("train/cat/c.png", "../../val/cat/a.png")]
    [InlineData("train/cat/c.png", "nowhere.png")]
    [InlineData("train/cat/c.png", "c.png")]
    public void ReadTraining_LinkThatCountsTwiceOrNeverEnds_IsRefusedByName(string link, string target)
    {
        Link(link, target);
        Stopwatch watch = Stopwatch.StartNew();

        Assert.Contains(Path.Combine(_folder, link), Refusal());
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void ReadTraining_LinksToElsewhere_AreFollowed()
    {
        Write(Path.Combine(_elsewhere, "cow", "a.png"));
        Write(Path.Combine(_elsewhere, "c.png"));
        Link("train/cow", Path.Combine(_elsewhere, "cow"));
        Link("train/cat/c.png", Path.Combine(_elsewhere, "c.png"));

        FolderImages images = Training();

        Assert.Equal(["cat", "cow", "dog"], images.ClassNames);
        Assert.Equal([0L, 0, 0, 1, 2, 2], images.ReadLabels([0, 1, 2, 3, 4, 5]));
    }

    [Fact]
    public void ReadTraining_TwoLinksToOneImage_AreRefused()
    {
        Write(Path.Combine(_elsewhere, "c.png"));
        Link("train/cat/c.png", Path.Combine(_elsewhere, "c.png"));
        Link("train/dog/c.png", Path.Combine(_elsewhere, "c.png"));

        Assert.Contains("one of two links", Refusal());
    }

    [Fact]
    public void ReadTraining_EmptyFile_IsRefused()
    {
        File.WriteAllBytes(Path.Combine(_folder, "train", "cat", "c.JPEG"), []);

        Assert.Contains("c.JPEG is empty", Refusal());
    }

    [Fact]
    public void ReadTraining_Pipe_IsRefusedWithoutBeingOpened()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in folders");
        Pipe("train/cat/c.png");

        Assert.Contains("no file but a pipe or a device", Refusal());
    }

    [Fact]
    public void Read_ImageThatBecameAPipe_IsRefusedWithoutBeingOpened()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in folders");
        FolderImages images = Training();
        File.Delete(Path.Combine(_folder, "train", "cat", "a.png"));
        Pipe("train/cat/a.png");

        Assert.Contains("no file but a pipe or a device", Assert.Throws<InvalidDataException>(() => images.Read([0])).Message);
    }

    [Fact]
    public void ReadTraining_LinkToADevice_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no /dev");
        Link("train/cat/c.png", "/dev/zero");

        Assert.Contains("c.png", Refusal());
    }

    [Fact]
    public void ReadTraining_ImageOutsideOfAnyClass_IsRefused()
    {
        Image("train/stray.jpg");

        Assert.Contains("lies in no folder of a class", Refusal());
    }

    [Fact]
    public void ReadTraining_ClassesThatDifferInCaseOnly_AreRefused()
    {
        Image("train/Cat/z.png");
        Assert.SkipWhen(Directory.GetDirectories(Path.Combine(_folder, "train")).Length == 2, "this file system does not tell them apart");

        Assert.Contains("differ in case only (Cat, cat)", Refusal());
    }

    [Fact]
    public void ReadTraining_PartInAnotherCase_IsNamed()
    {
        Directory.Move(Path.Combine(_folder, "train"), Path.Combine(_folder, "Train"));
        Assert.SkipWhen(Directory.Exists(Path.Combine(_folder, "train")), "this file system does not tell them apart");

        Assert.Contains("It has Train: rename it.", Assert.Throws<DirectoryNotFoundException>(Training).Message);
    }

    [Fact]
    public void ReadTraining_NamesWithLineBreaks_AreOneFileEach()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names");
        Image("train/cat/c 0 4\ncat/d.png");
        string folder = Training().Fingerprint;
        Directory.Delete(Path.Combine(_folder, "train", "cat", "c 0 4\ncat"), recursive: true);
        Image("train/cat/c 0 4\\ncat/d.png");

        Assert.NotEqual(folder, Training().Fingerprint);
        Image("train/a\nb/x.png");
        Assert.Contains("a\\u000Ab has a line break or another control character", Refusal());
    }

    [Fact]
    public void ReadTraining_FoldersInFolders_AreFollowedToADepth()
    {
        string deep = string.Concat(Enumerable.Repeat("d/", 31));
        Image($"train/cat/{deep}z.png");
        Assert.Equal(5, Training().Count);
        Image($"train/cat/{deep}d/z.png");

        Assert.Contains("more than 32 folders deep", Refusal());
    }

    [Fact]
    public void ReadTest_TestBesideVal_MustBeChosen()
    {
        Image("test/cat/t.png");
        Image("test/dog/t.png");
        Image("test/dog/u.png");

        Assert.Contains("only one can be the test split", Assert.Throws<InvalidDataException>(Test).Message);
        Assert.Equal(3, Test(new ImageFolderOptions { TestFolder = "test" }).Count);
        Assert.Equal(2, Test(new ImageFolderOptions { TestFolder = "val" }).Count);
        Directory.Delete(Path.Combine(_folder, "val"), recursive: true);
        Assert.Equal(3, Test().Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("train")]
    [InlineData("../secret")]
    public void Problems_TestFolderThatIsNoFolderBeside_AreNamed(string name) =>
        Assert.Equal(["TestFolder"], new ImageFolderOptions { TestFolder = name }.Problems().Select(problem => problem.Subject));

    [Theory]
    [InlineData("0.JPEG\tcat\n0.JPEG\tdog\n", "names 0.JPEG again")]
    [InlineData("0.JPEG\tcat\n9.JPEG\tdog\n", "9.JPEG is named as an image, but there is no such file")]
    [InlineData("..\tcat\n", "line 1 must be a file name")]
    public void ReadTest_AnnotationsThatDoNotFit_AreRefused(string lines, string expected)
    {
        Image("val/images/0.JPEG");
        File.WriteAllText(Path.Combine(_folder, "val", "val_annotations.txt"), lines);

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(Test).Message);
    }

    [Fact]
    public void ReadTest_AnnotationOfAMillionCharacters_IsQuotedByALine()
    {
        File.WriteAllText(Path.Combine(_folder, "val", "val_annotations.txt"), new string('x', 60_000));
        Assert.InRange(Assert.Throws<InvalidDataException>(Test).Message.Length, 1, 500);
        File.WriteAllText(Path.Combine(_folder, "val", "val_annotations.txt"), new string('x', 1_000_000));
        Assert.Contains("a line of more than 65536 characters", Assert.Throws<InvalidDataException>(Test).Message);
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_elsewhere, recursive: true);
    }

    private string Refusal() => Assert.Throws<InvalidDataException>(Training).Message;

    private FolderImages Training() => ImageFolder.ReadTraining(_folder, Nothing);

    private FolderImages Test() => ImageFolder.ReadTest(_folder, Nothing);

    private FolderImages Test(ImageFolderOptions options) => ImageFolder.ReadTest(_folder, Nothing, options);

    private static DecodedImage Nothing(Stream stream) => new(1, 1, new byte[3]);

    private void Image(string path) => Write(Path.Combine(_folder, path));

    private static void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, [1, 2, 3, 4]);
    }

    private void Link(string path, string target)
    {
        try
        {
            File.CreateSymbolicLink(Path.Combine(_folder, path), target);
        }
        catch (Exception e) when (OperatingSystem.IsWindows() && e is IOException or UnauthorizedAccessException)
        {
            Assert.Skip($"links need rights here: {e.Message}");
        }
    }

    private void Pipe(string path)
    {
        using Process made = Process.Start("mkfifo", [Path.Combine(_folder, path)]);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }
}
