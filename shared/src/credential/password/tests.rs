//! What passwords promise.
