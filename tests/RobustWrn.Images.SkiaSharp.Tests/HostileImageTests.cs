using System.Buffers.Binary;
using System.IO.Compression;
using RobustWrn.Core;
using SkiaSharp;

namespace RobustWrn.Images.SkiaSharp.Tests;

/// <summary>Small files that ask for much: what their headers say decides, before memory is asked for.</summary>
public sealed class HostileImageTests
{
    private const long Little = 4 << 20;

    [Theory]
    [InlineData(174_000, 1)]
    [InlineData(1, 174_000)]
    [InlineData(2_000, 19)]
    public void Decode_PngWithSidesTooFarApart_IsRefused(int width, int height)
    {
        byte[] png = Png(width, height);

        Assert.Contains("ratio is at most 100", Refusal(png));
    }

    [Fact]
    public void Read_FolderWithAPngOf248Bytes_TakesNoGigabytes()
    {
        string folder = TestFolder.Make();
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "train", "a"));
            File.WriteAllBytes(Path.Combine(folder, "train", "a", "wide.png"), Png(174_000, 1));
            FolderImages images = ImageFolder.ReadTraining(folder, SkiaImageDecoder.Decode);
            long before = GC.GetTotalAllocatedBytes(precise: true);

            Assert.Contains("wide.png", Assert.Throws<InvalidDataException>(() => images.Read([0])).Message);
            Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 16 * Little);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(9_000, 9_000, "must hold what its header promises")]
    [InlineData(60_000, 60_000, "pixels, got")]
    [InlineData(int.MaxValue, int.MaxValue, "image")]
    [InlineData(int.MinValue, -1, "image")]
    [InlineData(0, 0, "image")]
    public void Decode_PngWhoseHeaderPromisesMore_IsRefused(int width, int height, string expected)
    {
        byte[] png = Png(64, 64);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc(png.AsSpan(12, 17)));

        Assert.Contains(expected, Refusal(png));
    }

    [Theory]
    [InlineData(9_000, 9_000)]
    [InlineData(65_500, 3)]
    [InlineData(65_535, 65_535)]
    public void Decode_JpegWhoseHeaderPromisesMore_IsRefused(int width, int height)
    {
        byte[] jpeg = Encoded(SKEncodedImageFormat.Jpeg);
        int frame = Enumerable.Range(0, jpeg.Length - 1).First(i => jpeg[i] == 0xFF && jpeg[i + 1] is 0xC0 or 0xC2);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), (ushort)height);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), (ushort)width);

        Refusal(jpeg);
    }

    [Theory]
    [InlineData(9_000, 9_000)]
    [InlineData(65_535, 2)]
    [InlineData(65_535, 65_535)]
    public void Decode_GifWhoseHeaderPromisesMore_IsRefused(ushort width, ushort height) => Refusal(Gif(width, height));

    [Theory]
    [InlineData(9_000, 9_000)]
    [InlineData(200_000, 1)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(9_000, -9_000)]
    [InlineData(9_000, int.MinValue)]
    public void Decode_BmpWhoseHeaderPromisesMore_IsRefused(int width, int height) => Refusal(Bmp(width, height));

    [Theory]
    [InlineData(SKEncodedImageFormat.Webp)]
    [InlineData(SKEncodedImageFormat.Png)]
    public void Decode_HeadersWithAnyByteChanged_StayWithinLittleMemory(SKEncodedImageFormat format)
    {
        byte[] whole = Encoded(format);
        for (int at = 0; at < Math.Min(64, whole.Length); at++)
        {
            foreach (byte value in (byte[])[0, 0x7F, 0xFF])
            {
                byte[] changed = [.. whole];
                changed[at] = value;
                long before = GC.GetAllocatedBytesForCurrentThread();
                using MemoryStream stream = new(changed);
                Exception? e = Record.Exception(() => SkiaImageDecoder.Decode(stream));
                Assert.True(e is null or InvalidDataException, $"byte {at} = {value}: {e}");
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 * Little);
            }
        }
    }

    [Fact]
    public void Decode_SoundGifAndBmp_AreDecoded()
    {
        using MemoryStream gif = new(Gif(1, 1)), bmp = new(Bmp(2, 2));

        Assert.Equal((1, 1), (SkiaImageDecoder.Decode(gif).Height, 1));
        Assert.Equal(12, SkiaImageDecoder.Decode(bmp).Pixels.Length);
    }

    [Fact]
    public void Decode_Icon_IsRefused()
    {
        byte[] png = Encoded(SKEncodedImageFormat.Png);
        byte[] icon = [0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, .. BitConverter.GetBytes(png.Length), 22, 0, 0, 0, .. png];

        Assert.Contains("must be JPEG, PNG", Refusal(icon));
    }

    [Fact]
    public void Decode_ManyLargeImagesAtOnce_TakeTurns()
    {
        byte[] png = Png(3_000, 3_000);

        Parallel.For(0, 12, _ =>
        {
            using MemoryStream stream = new(png);
            Assert.Equal(27_000_000, SkiaImageDecoder.Decode(stream).Pixels.Length);
        });
    }

    private static string Refusal(byte[] image)
    {
        using MemoryStream stream = new(image);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<InvalidDataException>(() => SkiaImageDecoder.Decode(stream)).Message;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Little);
        return message;
    }

    private static byte[] Encoded(SKEncodedImageFormat format)
    {
        using SKBitmap bitmap = new(new SKImageInfo(16, 16, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(new SKColor(200, 100, 50));
        return bitmap.Encode(format, 90).ToArray();
    }

    // Grey, black, compressed as well as can be.
    private static byte[] Png(int width, int height)
    {
        using MemoryStream packed = new();
        using (ZLibStream zip = new(packed, CompressionLevel.SmallestSize))
        {
            byte[] row = new byte[width + 1];
            for (int y = 0; y < height; y++)
                zip.Write(row);
        }
        return [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, .. Chunk("IHDR"u8, [.. Big(width), .. Big(height), 8, 0, 0, 0, 0]),
            .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] named = [.. type, .. data];
        return [.. Big(data.Length), .. named, .. Big((int)Crc(named))];
    }

    private static byte[] Big(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }
        return ~crc;
    }

    private static byte[] Gif(ushort width, ushort height) =>
    [
        .. "GIF89a"u8, .. BitConverter.GetBytes(width), .. BitConverter.GetBytes(height), 0x80, 0, 0, 0, 0, 0, 255, 255, 255,
        0x2C, 0, 0, 0, 0, .. BitConverter.GetBytes(width), .. BitConverter.GetBytes(height), 0, 2, 2, 0x44, 0x01, 0, 0x3B,
    ];

    private static byte[] Bmp(int width, int height) =>
    [
        .. "BM"u8, .. BitConverter.GetBytes(70), 0, 0, 0, 0, .. BitConverter.GetBytes(54), .. BitConverter.GetBytes(40),
        .. BitConverter.GetBytes(width), .. BitConverter.GetBytes(height),
        1, 0, 24, 0, .. new byte[24], .. new byte[16],
    ];
}
