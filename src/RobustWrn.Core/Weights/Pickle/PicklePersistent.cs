namespace RobustWrn.Core;

/// <summary>
/// Something stored outside the pickle, by its id. No record: a hostile id can be nested deeper than any comparison may go.
/// </summary>
internal sealed class PicklePersistent(object? id)
{
    public object? Id => id;
}
