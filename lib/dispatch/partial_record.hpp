// A record that a worker sends in pieces, as far as it has come. The first piece begins with the size of the whole. Where the job has
// its own room for the value, the pieces go there. Otherwise they are joined here.
#pragma once

#include "dispatch/pieces.hpp"
#include "ring/result_ring.hpp"

#include <prun/detail/job.hpp>

#include <cstdint>
#include <string_view>

namespace prun::dispatch {

class PartialRecord {
 public:
  /// Takes the next piece, of the item `index` of `job`. Returns false if it does not agree with the pieces before it: the memory
  /// of the worker is corrupt.
  [[nodiscard]] bool take(const ring::Record& record, detail::Job& job, std::uint64_t index);

  [[nodiscard]] bool begun() const noexcept { return whole_ != 0; }
  [[nodiscard]] bool complete() const noexcept { return received_ == whole_; }
  /// The job has the bytes.
  [[nodiscard]] bool placed() const noexcept { return placed_; }
  /// The bytes, if the job does not have them.
  [[nodiscard]] std::string_view bytes() const noexcept { return joined_.view(); }

 private:
  std::uint64_t whole_ = 0;  ///< bytes; 0: no piece has come
  std::uint64_t received_ = 0;
  bool placed_ = false;
  Pieces joined_;
};

}  // namespace prun::dispatch
