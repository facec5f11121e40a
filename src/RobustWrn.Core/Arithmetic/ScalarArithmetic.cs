using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Arithmetic of tensors with numbers that is safe in long runs. TorchSharp 0.107.0 turns a number into a <see cref="Scalar"/> on the way
/// and lets go of it before the native call ends; when a garbage collection falls in between, its finalizer frees the number under the
/// call ("Unknown scalar type"). These methods keep it alive and free it at once. Tensors they return belong to the caller;
/// tensors they are given stay as they are, unless a name ends in InPlace.
/// </summary>
/// <remarks>The sum of two tensors is among them: TorchSharp multiplies the second one by a number 1 that it makes on the way.</remarks>
public static class ScalarArithmetic
{
    // Lives as long as the process, so that no finalizer reaches it.
    private static readonly Scalar One = 1L.ToScalar();

    /// <summary>tensor + other.</summary>
    public static Tensor Plus(this Tensor tensor, Tensor other)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.add(other, One);
    }

    /// <summary>tensor + value.</summary>
    public static Tensor Plus(this Tensor tensor, double value) => With(value, tensor, static (t, scalar) => t.add(scalar, One));

    /// <summary>tensor * tensor.</summary>
    public static Tensor Squared(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.mul(tensor);
    }

    /// <summary>tensor - value.</summary>
    public static Tensor Minus(this Tensor tensor, double value) => With(value, tensor, static (t, scalar) => t.sub(scalar));

    /// <summary>tensor * value.</summary>
    public static Tensor Times(this Tensor tensor, double value) => With(value, tensor, static (t, scalar) => t.mul(scalar));

    /// <summary>tensor * value, in the tensor's own type for whole numbers.</summary>
    public static Tensor Times(this Tensor tensor, long value)
    {
        using Scalar scalar = value.ToScalar();
        return tensor.mul(scalar);
    }

    /// <summary>tensor / value.</summary>
    public static Tensor Over(this Tensor tensor, double value) => With(value, tensor, static (t, scalar) => t.div(scalar));

    /// <summary>tensor to the power of value.</summary>
    public static Tensor ToThePower(this Tensor tensor, double value) => With(value, tensor, static (t, scalar) => t.pow(scalar));

    /// <summary>tensor modulo value, for whole numbers.</summary>
    public static Tensor Modulo(this Tensor tensor, long value)
    {
        using Scalar scalar = value.ToScalar();
        return tensor.remainder(scalar);
    }

    /// <summary>min(max(tensor, low), high).</summary>
    public static Tensor Clamped(this Tensor tensor, double low, double high)
    {
        using Scalar from = low.ToScalar(), to = high.ToScalar();
        return tensor.clamp(from, to);
    }

    /// <summary>x where it is positive, slope * x elsewhere.</summary>
    public static Tensor LeakyRelu(this Tensor tensor, double slope) => With(slope, tensor, static (t, scalar) => t.leaky_relu(scalar));

    /// <summary>x where it is positive, alpha * (exp(x) - 1) elsewhere.</summary>
    public static Tensor Elu(this Tensor tensor, double alpha)
    {
        using Scalar negative = alpha.ToScalar(), scale = 1.0.ToScalar(), input = 1.0.ToScalar();
        return tensor.elu(negative, scale, input);
    }

    /// <summary>log(1 + exp(beta * x)) / beta.</summary>
    public static Tensor Softplus(this Tensor tensor, double beta)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor zero = zeros([], tensor.dtype, tensor.device);
        Tensor bend = (beta == 1 ? tensor : tensor.Times(beta)).logaddexp(zero);
        return (beta == 1 ? bend : bend.Over(beta)).MoveToOuterDisposeScope();
    }

    /// <summary>Whether tensor &gt; value.</summary>
    public static Tensor IsAbove(this Tensor tensor, double value) => With(value, tensor, static (t, scalar) => t.gt(scalar));

    /// <summary>Whether tensor &gt;= value.</summary>
    public static Tensor IsAtLeast(this Tensor tensor, double value) => With(value, tensor, static (t, scalar) => t.ge(scalar));

    /// <summary>Whether tensor &lt; value.</summary>
    public static Tensor IsBelow(this Tensor tensor, double value) => With(value, tensor, static (t, scalar) => t.lt(scalar));

    /// <summary>Whether tensor &lt;= value.</summary>
    public static Tensor IsAtMost(this Tensor tensor, double value) => With(value, tensor, static (t, scalar) => t.le(scalar));

    /// <summary>Whether tensor == value.</summary>
    public static Tensor IsEqualTo(this Tensor tensor, double value) => With(value, tensor, static (t, scalar) => t.eq(scalar));

    /// <summary>The tensor with value where the mask is true.</summary>
    public static Tensor FilledWhere(this Tensor tensor, Tensor mask, double value)
    {
        using Scalar scalar = value.ToScalar();
        return tensor.masked_fill(mask, scalar);
    }

    /// <summary>A tensor of one value, with the shape, dtype and device of another.</summary>
    public static Tensor FilledLike(this Tensor tensor, double value) => With(value, tensor, static (t, scalar) => full_like(t, scalar));

    /// <summary>The whole numbers 0 .. count-1, int64.</summary>
    public static Tensor Counting(long count, Device? device = null)
    {
        using Scalar start = 0L.ToScalar(), stop = count.ToScalar();
        return arange(start, stop, One, ScalarType.Int64, device);
    }

    /// <summary>tensor += value; the same tensor.</summary>
    public static Tensor PlusInPlace(this Tensor tensor, double value) => With(value, tensor, static (t, scalar) => t.add_(scalar, One));

    /// <summary>tensor += value, also for tensors of whole numbers; the same tensor.</summary>
    public static Tensor PlusInPlace(this Tensor tensor, long value)
    {
        using Scalar scalar = value.ToScalar();
        return tensor.add_(scalar, One);
    }

    /// <summary>tensor += other; the same tensor.</summary>
    public static Tensor PlusInPlace(this Tensor tensor, Tensor other)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.add_(other, One);
    }

    /// <summary>tensor += other * factor; the same tensor.</summary>
    public static Tensor PlusInPlace(this Tensor tensor, Tensor other, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return tensor.add_(other, scalar);
    }

    /// <summary>tensor += left * right * factor; the same tensor.</summary>
    public static Tensor PlusProductInPlace(this Tensor tensor, Tensor left, Tensor right, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return tensor.addcmul_(left, right, scalar);
    }

    /// <summary>tensor += left / right * factor; the same tensor.</summary>
    public static Tensor PlusQuotientInPlace(this Tensor tensor, Tensor left, Tensor right, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return tensor.addcdiv_(left, right, scalar);
    }

    /// <summary>tensor *= value; the same tensor.</summary>
    public static Tensor TimesInPlace(this Tensor tensor, double value) => With(value, tensor, static (t, scalar) => t.mul_(scalar));

    /// <summary>Every element = value; the same tensor.</summary>
    public static Tensor FillInPlace(this Tensor tensor, double value) => With(value, tensor, static (t, scalar) => t.fill_(scalar));

    /// <summary>tensor = min(max(tensor, low), high); the same tensor.</summary>
    public static Tensor ClampInPlace(this Tensor tensor, double low, double high)
    {
        using Scalar from = low.ToScalar(), to = high.ToScalar();
        return tensor.clamp_(from, to);
    }

    /// <summary>
    /// The one number that a tensor holds, on any device; TorchSharp's own ToDouble lets go of the <see cref="Scalar"/> that it reads.
    /// </summary>
    public static double Number(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar scalar = tensor.ToScalar();
        return scalar.ToDouble();
    }

    /// <summary>The one whole number that a tensor holds, on any device.</summary>
    public static long WholeNumber(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar scalar = tensor.ToScalar();
        return scalar.ToInt64();
    }

    private static Tensor With(double value, Tensor tensor, Func<Tensor, Scalar, Tensor> operation)
    {
        using Scalar scalar = value.ToScalar();
        return operation(tensor, scalar);
    }
}
