namespace RobustWrn.Core.Tests;

/// <summary>Damaged archives and pickles: each is read or refused with the documented exception, and no allocation is larger than the file can account for.</summary>
public sealed class ArrayImagesFuzzTests : IDisposable
{
    private const int Each = 250;

    // A pixel buffer is at most 4 MiB, and a single image of the largest size 64 MiB; nothing else depends on what a file claims.
    private const long Bound = 5 << 20;

    private readonly string _path = Path.Combine(TestFolder.Make(), "file");

    [Theory]
    [InlineData("stored.npz", 1)]
    [InlineData("deflated.npz", 2)]
    public void Npz_Damaged_IsReadOrRefused(string name, int seed) => Fuzz(name, seed, path => NpzImages.Read(path));

    [Theory]
    [InlineData("protocol0.pickle", 3)]
    [InlineData("protocol2.pickle", 4)]
    [InlineData("protocol3.pickle", 5)]
    [InlineData("protocol4.pickle", 6)]
    [InlineData("protocol5.pickle", 7)]
    public void Pickle_Damaged_IsReadOrRefused(string name, int seed) => Fuzz(name, seed, path => PickledImages.Read(path));

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    private void Fuzz(string name, int seed, Func<string, InMemoryImages> read)
    {
        byte[] valid = File.ReadAllBytes(ArrayImagesTests.Fixture(name));
        Random random = new(seed);
        int refused = 0;
        for (int i = 0; i < Each; i++)
        {
            File.WriteAllBytes(_path, Mutation.Anywhere(valid, random));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using InMemoryImages images = read(_path);
                Assert.True(images.Count * images.Channels * images.Height * images.Width <= 1_032L * new FileInfo(_path).Length);
            }
            catch (InvalidDataException)
            {
                refused++;
            }
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= Bound, $"mutation {i} of seed {seed} allocated {allocated} bytes");
        }
        Assert.InRange(refused, Each / 10, Each);
    }
}
