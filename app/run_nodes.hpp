// The other machines of a run, from its options.
#pragma once

#include "logging.hpp"
#include "options.hpp"

#include "cluster/nodes.hpp"
#include "output/output_buffer.hpp"

#include <memory>

namespace prun::app {

/// Null: the run needs none. @param log, err receive what happens to them, and must outlive them
[[nodiscard]] std::unique_ptr<cluster::Nodes> make_nodes(const RunTasks& command, Log& log, OutputBuffer& err);

/// How this prun introduces itself to another.
[[nodiscard]] cluster::Banner own_banner();

}  // namespace prun::app
