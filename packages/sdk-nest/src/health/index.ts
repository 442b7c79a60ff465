export { type HealthOptions, MechaHealthIndicator } from "./mecha-health-indicator.js";
