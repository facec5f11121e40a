namespace RobustWrn.Attacks;

/// <summary>The constants of one walk.</summary>
internal readonly record struct FabWalk(int Steps, double MaxBias, double Overshoot, double Beta);
