/**
 * What integrations do, as data: reads the cases of {@code cases/<integration>/*.yaml}, makes their calls to a gateway
 * that runs beside a sandbox, and says where the two differ. The commands of the jar and the build use the same runner.
 */
package dev.partnergateway.cases;
