using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// One thread's hold on a model and all that it shares with others: modules, parameters and buffers. The thread may take further holds on the same parts, as attacks inside an
/// evaluation do; another thread is refused until the hold is disposed, its thread has ended, or nobody knows the hold any more.
/// </summary>
/// <remarks>
/// <see cref="AttackedModel"/> and trainers take one themselves. A plain call of the model is not seen, nor is a network that a wrapper keeps without registering it.
/// </remarks>
public sealed class ModelHold : IDisposable
{
    private static readonly Lock Gate = new();

    // An entry lives as long as its part, and knows nothing that would keep a part alive.
    private static readonly ConditionalWeakTable<object, List<Claim>> Claims = [];

    private readonly Claim _claim;
    private readonly List<Claim>[] _held;

    /// <summary>Takes the hold.</summary>
    /// <param name="model">The model.</param>
    /// <param name="purpose">What the thread does with it, for the message to another: <c>attacks</c>, <c>trains</c>.</param>
    /// <exception cref="ModelInUseException">Another thread holds the model, or a part of it.</exception>
    public ModelHold(nn.Module model, string purpose)
    {
        ArgumentNullException.ThrowIfNull(model);
        _claim = new Claim(Thread.CurrentThread, purpose, new WeakReference<ModelHold>(this));
        object[] parts = [model, .. model.modules(), .. model.parameters(), .. model.buffers()];
        _held = new List<Claim>[parts.Length];
        lock (Gate)
        {
            for (int i = 0; i < parts.Length; i++)
            {
                List<Claim> claims = _held[i] = Claims.GetOrCreateValue(parts[i]);
                claims.RemoveAll(static claim => claim.IsVoid);
                if (claims.Count > 0 && claims[^1].Owner != _claim.Owner)
                    throw new ModelInUseException(Name(model), Name(parts[i]), claims[^1].Purpose, claims[^1].Owner);
            }
            foreach (List<Claim> claims in _held)
            {
                if (claims.Count == 0 || claims[^1] != _claim)
                    claims.Add(_claim);
            }
        }
    }

    /// <summary>Whether the hold is still there: not disposed, nor gone with a hold around it or with its thread.</summary>
    public bool IsHeld
    {
        get
        {
            lock (Gate)
                return _held.Any(claims => claims.Contains(_claim));
        }
    }

    /// <summary>Gives the hold back, with those that the thread took on its parts since and forgot. A second time does nothing.</summary>
    public void Dispose()
    {
        lock (Gate)
        {
            foreach (List<Claim> claims in _held)
            {
                if (claims.IndexOf(_claim) is >= 0 and int from)
                    claims.RemoveRange(from, claims.Count - from);
            }
        }
    }

    private static string Name(object part) => part switch
    {
        nn.Module module => module.GetName(),
        TorchSharp.Modules.Parameter => "a parameter",
        _ => "a buffer",
    };

    private sealed class Claim(Thread owner, string purpose, WeakReference<ModelHold> hold)
    {
        public Thread Owner { get; } = owner;

        public string Purpose { get; } = purpose;

        // Whoever died or was forgotten without disposing it must not lock the model for ever.
        public bool IsVoid => !Owner.IsAlive || !hold.TryGetTarget(out _);
    }
}
