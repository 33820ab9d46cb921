#include "dispatch/partial_record.hpp"

#include <cstddef>
#include <cstring>

namespace prun::dispatch {

bool PartialRecord::take(const ring::Record& record, detail::Job& job, std::uint64_t index) {
  constexpr std::uint64_t largest = std::uint64_t{1} << 40;
  const auto& header = record.header;
  std::string_view piece = record.payload;
  const bool begins = !begun();
  if (begins != (header.first != 0)) return false;
  if (begins) {
    if (header.more == 0 || piece.size() < sizeof whole_) return false;
    std::memcpy(&whole_, piece.data(), sizeof whole_);
    piece.remove_prefix(sizeof whole_);
    if (whole_ == 0 || whole_ > largest) return false;
  }
  if (piece.size() > whole_ - received_) return false;
  std::byte* place = nullptr;
  if (header.kind == ring::RecordKind::value && (begins || placed_)) {
    place = job.place_piece(index, {whole_, received_, piece.size()});
  }
  if (!begins && placed_ != (place != nullptr)) return false;
  placed_ = place != nullptr;
  if (place != nullptr) {
    std::memcpy(place, piece.data(), piece.size());
  } else {
    joined_.append(piece);
  }
  received_ += piece.size();
  return true;
}

}  // namespace prun::dispatch
