#include "xor.hpp"

#include <algorithm>
#include <bit>

namespace emberline::chunks {

namespace {

constexpr unsigned widths[] = {14, 17, 20};  // of differences of differences, marked 10, 110 and 1110

bool fits(std::int64_t change, unsigned width) {
    const std::int64_t half = std::int64_t{1} << (width - 1);
    return -(half - 1) <= change && change <= half;
}

void write_uvarint(BitWriter& writer, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) writer.write((number & 0x7F) | 0x80, 8);
    writer.write(number, 8);
}

void write_varint(BitWriter& writer, std::int64_t number) {
    const auto bits = static_cast<std::uint64_t>(number);
    write_uvarint(writer, number < 0 ? ~(bits << 1) : bits << 1);
}

void write_change(BitWriter& writer, std::int64_t change) {
    if (change == 0) return writer.write(0, 1);
    unsigned mark = 1;
    for (const unsigned width : widths) {
        mark = mark << 1;
        if (fits(change, width)) {
            writer.write(mark, static_cast<unsigned>(std::bit_width(mark)));
            return writer.write(static_cast<std::uint64_t>(change), width);
        }
        mark |= 1;
    }
    writer.write(0b1111, 4);
    writer.write(static_cast<std::uint64_t>(change), 64);
}

void write_value(BitWriter& writer, Previous& previous, std::uint64_t bits) {
    const std::uint64_t differing = bits ^ previous.bits;
    previous.bits = bits;
    if (differing == 0) return writer.write(0, 1);
    writer.write(1, 1);
    const auto leading = static_cast<std::uint8_t>(std::min(std::countl_zero(differing), 31));
    const auto trailing = static_cast<std::uint8_t>(std::countr_zero(differing));
    if (previous.leading != unwritten && leading >= previous.leading && trailing >= previous.trailing) {
        writer.write(0, 1);
        return writer.write(differing >> previous.trailing, 64U - previous.leading - previous.trailing);
    }
    previous.leading = leading;
    previous.trailing = trailing;
    const unsigned width = 64U - leading - trailing;
    writer.write(1, 1);
    writer.write(leading, 5);
    writer.write(width & 63, 6);  // 64 does not fit, and 0 does not occur
    writer.write(differing >> trailing, width);
}

// Ten bytes hold 64 bits; more, or more bits in the last one, are no number.
bool read_uvarint(BitReader& reader, std::uint64_t& number) {
    number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const std::uint64_t byte = reader.read(8);
        if (reader.failed()) return true;
        if (shift == 63 && byte > 1) return false;
        number |= (byte & 0x7F) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

bool read_varint(BitReader& reader, std::int64_t& number) {
    std::uint64_t bits = 0;
    const bool read = read_uvarint(reader, bits);
    number = static_cast<std::int64_t>(bits & 1 ? ~(bits >> 1) : bits >> 1);
    return read;
}

std::uint64_t read_change(BitReader& reader) {
    if (reader.read(1) == 0) return 0;
    for (const unsigned width : widths) {
        if (reader.read(1) != 0) continue;
        const std::uint64_t bits = reader.read(width);
        return bits > std::uint64_t{1} << (width - 1) ? bits - (std::uint64_t{1} << width) : bits;
    }
    return reader.read(64);
}

// Whether the bits that differ lie within a value.
bool read_value(BitReader& reader, Previous& previous) {
    if (reader.read(1) == 0) return true;
    unsigned width = 64U - previous.leading - previous.trailing;
    if (reader.read(1) != 0) {
        previous.leading = static_cast<std::uint8_t>(reader.read(5));
        width = static_cast<unsigned>(reader.read(6));
        if (width == 0) width = 64;
        if (previous.leading + width > 64) return reader.failed();
        previous.trailing = static_cast<std::uint8_t>(64U - previous.leading - width);
    }
    previous.bits ^= reader.read(width) << previous.trailing;
    return true;
}

}  // namespace

void Appender::append(std::vector<std::uint8_t>& bytes, Sample sample) {
    BitWriter writer(bytes);
    writer.set_free(free_);
    if (count_ == 0) {
        write_varint(writer, sample.time);
        writer.write(sample.bits, 64);
        previous_.bits = sample.bits;
    } else {
        const std::uint64_t delta =
            static_cast<std::uint64_t>(sample.time) - static_cast<std::uint64_t>(previous_.time);
        if (count_ == 1) {
            write_uvarint(writer, delta);
        } else {
            write_change(writer, static_cast<std::int64_t>(delta - previous_.delta));
        }
        previous_.delta = delta;
        write_value(writer, previous_, sample.bits);
    }
    previous_.time = sample.time;
    free_ = static_cast<std::uint8_t>(writer.free());
    ++count_;
    bytes[0] = static_cast<std::uint8_t>(count_ >> 8);
    bytes[1] = static_cast<std::uint8_t>(count_);
}

Fault Decoder::next(std::span<const std::uint8_t> bytes, Sample& sample) {
    BitReader reader(bytes.data(), bytes.size(), place_);
    Previous next = previous_;
    Fault fault = Fault::none;
    if (read_ == 0) {
        if (!read_varint(reader, next.time)) fault = Fault::malformed_number;
        next.bits = reader.read(64);
    } else {
        if (read_ > 1) {
            next.delta += read_change(reader);
        } else if (!read_uvarint(reader, next.delta)) {
            fault = Fault::malformed_number;
        }
        next.time = static_cast<std::int64_t>(static_cast<std::uint64_t>(next.time) + next.delta);
        if (fault == Fault::none && !read_value(reader, next)) fault = Fault::malformed_value;
    }
    if (fault != Fault::none) return fault;
    if (reader.failed()) return Fault::truncated;
    previous_ = next;
    place_ = static_cast<std::uint32_t>(reader.place());
    ++read_;
    sample = {next.time, next.bits};
    return Fault::none;
}

}  // namespace emberline::chunks
