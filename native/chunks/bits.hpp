// Streams of bits, the highest of each byte first, as Prometheus' chunks are written.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace emberline::chunks {

class BitWriter {
public:
    explicit BitWriter(std::vector<std::uint8_t>& bytes) : bytes_(bytes) {}

    // The lowest `count` bits of `bits`, up to 64.
    void write(std::uint64_t bits, unsigned count) {
        while (count > 0) {
            if (free_ == 0) {
                bytes_.push_back(0);
                free_ = 8;
            }
            const unsigned taken = count < free_ ? count : free_;
            const std::uint64_t part = (bits >> (count - taken)) & ((1U << taken) - 1);
            bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | part << (free_ - taken));
            free_ -= taken;
            count -= taken;
        }
    }

    // Bits of the last byte that are not written yet.
    unsigned free() const { return free_; }
    void set_free(unsigned free) { free_ = free; }

private:
    std::vector<std::uint8_t>& bytes_;
    unsigned free_ = 0;
};

class BitReader {
public:
    BitReader(const std::uint8_t* bytes, std::size_t size, std::size_t place)
        : bytes_(bytes), bits_(size * 8), place_(place) {}

    // The next `count` bits, up to 64; `failed` once there are not so many.
    std::uint64_t read(unsigned count) {
        if (count > bits_ - place_) {
            failed_ = true;
            return 0;
        }
        const unsigned used = place_ % 8;
        if (count + used > 64 || place_ / 8 + sizeof(std::uint64_t) > bits_ / 8) return read_slowly(count);
        if (count == 0) return 0;
        std::uint64_t found = 0;
        std::memcpy(&found, bytes_ + place_ / 8, sizeof found);
        if constexpr (std::endian::native == std::endian::little) found = __builtin_bswap64(found);
        place_ += count;
        return found << used >> (64 - count);
    }

    bool failed() const { return failed_; }
    std::size_t place() const { return place_; }

private:
    std::uint64_t read_slowly(unsigned count) {
        std::uint64_t found = 0;
        while (count > 0) {
            const unsigned left = 8 - place_ % 8;
            const unsigned taken = count < left ? count : left;
            found = found << taken | ((bytes_[place_ / 8] >> (left - taken)) & ((1U << taken) - 1));
            place_ += taken;
            count -= taken;
        }
        return found;
    }

    const std::uint8_t* bytes_;
    std::size_t bits_, place_;
    bool failed_ = false;
};

}  // namespace emberline::chunks
