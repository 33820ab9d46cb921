// Compression of traces with zlib, if prun was built with it.
#include "trace/byte_output.hpp"

#include <stdexcept>

#ifdef PRUN_HAS_ZLIB
#include <zlib.h>

#include <array>
#include <limits>
#endif

namespace prun::trace {

#ifdef PRUN_HAS_ZLIB

namespace {

class GzipOutput final : public ByteOutput {
 public:
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): `compressed_` is filled before it is read
  explicit GzipOutput(ByteOutput& to) : to_(&to) {
    constexpr int window_bits_of_gzip = 15 + 16;
    constexpr int memory_level = 8;  // zlib's default
    // Traces are large and repetitive. Higher levels take several times as long and save a tenth.
    if (::deflateInit2(&stream_, Z_BEST_SPEED, Z_DEFLATED, window_bits_of_gzip, memory_level, Z_DEFAULT_STRATEGY) !=
        Z_OK)
      throw std::runtime_error("cannot compress the trace: zlib has no memory");
  }
  ~GzipOutput() override { ::deflateEnd(&stream_); }

  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const std::string_view part = bytes.substr(0, std::numeric_limits<uInt>::max());
      deflate_part(part, Z_NO_FLUSH);
      bytes.remove_prefix(part.size());
    }
  }

  void finish() override {
    deflate_part({}, Z_FINISH);
    to_->finish();
  }

 private:
  void deflate_part(std::string_view part, int flush) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));  // zlib only reads it
    stream_.avail_in = static_cast<uInt>(part.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(compressed_.data());
      stream_.avail_out = static_cast<uInt>(compressed_.size());
      if (::deflate(&stream_, flush) == Z_STREAM_ERROR) throw std::logic_error("zlib: wrong use of deflate");
      to_->write({compressed_.data(), compressed_.size() - stream_.avail_out});
    } while (stream_.avail_out == 0);
  }

  ByteOutput* to_;
  z_stream stream_{};
  std::array<char, std::size_t{64} << 10U> compressed_;
};

}  // namespace

bool can_compress() noexcept { return true; }

std::unique_ptr<ByteOutput> make_gzip_output(ByteOutput& to) { return std::make_unique<GzipOutput>(to); }

#else

bool can_compress() noexcept { return false; }

std::unique_ptr<ByteOutput> make_gzip_output(ByteOutput& /*to*/) {
  throw std::logic_error("prun was built without zlib");
}

#endif

}  // namespace prun::trace
