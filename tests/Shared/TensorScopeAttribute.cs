using System.Reflection;
using TorchSharp;
using Xunit.v3;

[assembly: RobustWrn.Testing.TensorScope]

namespace RobustWrn.Testing;

/// <summary>
/// Every test runs in a dispose scope, which holds what its expressions make on the way: TorchSharp 0.107.0 does not hold a tensor while torch computes with it, so that in
/// `x.abs().sum()` outside of a scope a garbage collection can free x.abs() under the sum, and end the process.
/// Not tests that await: a scope belongs to a thread.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class TensorScopeAttribute : BeforeAfterTestAttribute
{
    [ThreadStatic]
    private static DisposeScope? _scope;

    /// <inheritdoc/>
    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        ArgumentNullException.ThrowIfNull(methodUnderTest);
        if (methodUnderTest.ReturnType == typeof(void))
            _scope = torch.NewDisposeScope();
    }

    /// <inheritdoc/>
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        _scope?.Dispose();
        _scope = null;
    }
}
