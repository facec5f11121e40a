namespace RobustWrn.Core.Tests;

public class AllocationGateTests
{
    [Theory]
    [InlineData(0, 1 << 20)]
    [InlineData(1 << 19, 1 << 20)]
    [InlineData(1 << 20, 1 << 21)]
    [InlineData(1L << 40, 1L << 41)]
    public void Admit_LargerOfOneMebibyteAndTwiceTheFile_IsTheMost(long file, long limit)
    {
        AllocationGate gate = new("weights.pth", file);

        Assert.Equal(limit, gate.Admit(limit, "a tensor"));
        Assert.Contains($"asks for {limit + 1} bytes for a tensor", Assert.Throws<WeightsFileException>(() => gate.Admit(limit + 1, "a tensor")).Message);
        Assert.Throws<WeightsFileException>(() => gate.Admit(-1, "a tensor"));
        Assert.Equal(limit, gate.Largest);
    }

    [Theory]
    [InlineData(0, 2 << 20)]
    [InlineData(1 << 20, 3 << 20)]
    public void Keep_MoreThanThreeTimesTheFileInSum_IsRefused(long file, long limit)
    {
        AllocationGate gate = new("weights.pth", file);
        for (long kept = 0; kept < limit; kept += 1 << 20)
            gate.Keep(1 << 20, "an array");

        Assert.Contains($"asks for {limit + 1} bytes in sum with an array",
            Assert.Throws<WeightsFileException>(() => gate.Keep(1, "an array")).Message);
        Assert.Throws<WeightsFileException>(() => gate.AdmitSum(limit + 1, "the tensors"));
        gate.AdmitSum(limit, "the tensors");
    }

    [Theory]
    [InlineData(0, 4 << 20)]
    [InlineData(1 << 20, 8 << 20)]
    [InlineData(1L << 40, 128 << 20)]
    public void Value_MoreThanTheFileMayHave_IsRefused(long file, long limit)
    {
        AllocationGate gate = new("weights.pth", file);
        gate.Value(limit);

        Assert.Contains($"asks for more than {limit} bytes for values", Assert.Throws<WeightsFileException>(() => gate.Value(1)).Message);
    }

    [Fact]
    public void ChunkedList_AddedAndTakenAway_IsAList()
    {
        ChunkedList<int> list = new();
        List<int> expected = [];
        Random random = new(1);
        for (int i = 0; i < 100_000; i++)
        {
            if (expected.Count > 0 && random.Next(5) < 2)
            {
                Assert.Equal(expected[^1], list.RemoveLast());
                expected.RemoveAt(expected.Count - 1);
            }
            else
            {
                list.Add(i);
                expected.Add(i);
            }
        }

        Assert.Equal(expected, list.Items());
        Assert.True(expected.Count > 15_000);
    }
}
