// Reassembles values that are too large for a row from their pieces.
#pragma once

#include "journal/sqlite.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace prun::journal {

class StoredPieces {
 public:
  explicit StoredPieces(Database& database);

  /// Calls `take` with each piece, in order. Returns the number of pieces.
  std::int64_t each(std::int64_t task, std::int64_t run, std::int64_t attempt, std::string_view what,
                    const std::function<void(std::string_view)>& take);

  /// Appends the value of a column, from its pieces if it is stored there.
  void append_value(const Statement& row, int column, std::int64_t task, std::int64_t run, std::int64_t attempt,
                    std::string_view what, std::string& out);

 private:
  Statement select_;
};

}  // namespace prun::journal
