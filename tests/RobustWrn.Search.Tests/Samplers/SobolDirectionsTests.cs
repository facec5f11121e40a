namespace RobustWrn.Search.Tests;

public class SobolDirectionsTests
{
    private static double At(int dimension, uint index) => SobolDirections.At(dimension, index) / 4_294_967_296.0;

    [Fact]
    public void At_FirstPointsOfTwoDimensions_ArePublished() => Assert.Equal(
        [
            (0, 0), (0.5, 0.5), (0.75, 0.25), (0.25, 0.75), (0.375, 0.375), (0.875, 0.875), (0.625, 0.125), (0.125, 0.625),
            (0.1875, 0.3125), (0.6875, 0.8125), (0.9375, 0.0625),
        ],
        Enumerable.Range(0, 11).Select(i => (At(0, (uint)i), At(1, (uint)i))));

    [Fact]
    public void At_EachDimension_PutsOneOfTheFirstPointsIntoEachOfEqualIntervals()
    {
        for (int dimension = 0; dimension < SobolDirections.Dimensions; dimension++)
        {
            foreach (int count in (int[])[2, 16, 256, 1_024])
                Assert.Equal(Enumerable.Range(0, count), Enumerable.Range(0, count).Select(i => (int)(At(dimension, (uint)i) * count)).Order());
        }
    }

    [Fact]
    public void At_PairsOfDimensions_FillSquaresEvenly()
    {
        // Of 4,096 points 64 belong into each of 64 squares, in every pair of dimensions: random ones would miss that by 8.
        for (int first = 0; first < SobolDirections.Dimensions; first++)
        {
            for (int second = 0; second < first; second++)
            {
                int[] counts = new int[64];
                for (uint i = 0; i < 4_096; i++)
                    counts[(int)(At(first, i) * 8) * 8 + (int)(At(second, i) * 8)]++;
                Assert.Equal((64, 64), (counts.Min(), counts.Max()));
            }
        }
    }
}
