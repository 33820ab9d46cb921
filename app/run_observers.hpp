// The parts that observe a run. A new observer is a folder of its own, an option, and one line in run_observers.cpp.
#pragma once

#include "logging.hpp"
#include "options.hpp"

#include "event/event_stream.hpp"
#include "journal/journal.hpp"
#include "output/output_buffer.hpp"

#include <memory>
#include <vector>

namespace prun::app {

class RunObservers {
 public:
  /// @param journal null: none is kept @param err where observers write for a person. All must outlive it.
  RunObservers(const RunTasks& command, journal::Journal* journal, Log& log, OutputBuffer& err);

  [[nodiscard]] const EventStream& events() const noexcept { return events_; }

 private:
  template <typename Part, typename... Arguments>
  void add(Arguments&&... arguments) {
    events_.add(*owned_.emplace_back(std::make_unique<Part>(std::forward<Arguments>(arguments)...)));
  }

  std::vector<std::unique_ptr<RunPart>> owned_;
  EventStream events_;
};

}  // namespace prun::app
