import { DiscoveryService, ExternalContextCreator, HttpAdapterHost, MetadataScanner } from "@nestjs/core";

/** What of Nest a runtime's side of the app works with, as the container passes it. */
export type NestParts = readonly [HttpAdapterHost, ExternalContextCreator, DiscoveryService, MetadataScanner];

/** The tokens of {@link NestParts}, in the same order. */
export const nestParts = [HttpAdapterHost, ExternalContextCreator, DiscoveryService, MetadataScanner];
