using System.ComponentModel;

namespace RobustWrn.Core;

/// <summary>The part of a norm that the Square attack needs: what its windows do to images.</summary>
[Description("windows of the Square attack")]
public interface ISquareGeometry
{
    /// <summary>Windows for one run of the attack, in this threat model's ball. The caller disposes them.</summary>
    ISquareWindows SquareWindows();
}
